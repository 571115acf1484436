using System.Diagnostics;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>The scenarios run against any cluster; here it is a sandbox that is reached over HTTP, with an operator in a process of its own.</summary>
public sealed class AnyClusterTests
{
    private static readonly string[] Cluster =
    [
        $"{nameof(FirstClusterTests)}.{nameof(FirstClusterTests.An_existing_users_manifest_becomes_a_cluster_that_a_client_writes_to_and_reads_from_a_standby)}",
        $"{nameof(ChangesTests)}.{nameof(ChangesTests.A_switchover_by_podIndex_moves_the_primary_with_its_data)}",
        $"{nameof(BadInputTests)}.{nameof(BadInputTests.An_unknown_field_is_warned_of)}",
        $"{nameof(BadInputTests)}.{nameof(BadInputTests.A_wrong_value_is_refused_with_the_name_of_its_field)}",
        $"{nameof(AdoptionTests)}.{nameof(AdoptionTests.A_cluster_of_the_Go_operator_is_adopted_without_restarting_a_pod_and_rolls_at_the_next_change)}",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scenarios_pass_on_the_cluster_of_a_kubeconfig_and_those_that_need_the_inside_of_a_sandbox_say_so()
    {
        Assert.SkipWhen(ScenarioOptions.OfProcess().OnCluster, "is about the choice of a cluster");
        var directory = Directory.CreateTempSubdirectory("doltdb-scenario-").FullName;
        await using var host = await SandboxHost.StartAsync(
            new SandboxOptions { DataDirectory = directory, Definitions = [.. CrdsCommand.ReadAll()], IsEphemeral = true }, Token);
        var kubeconfig = Path.Combine(directory, "kubeconfig");
        host.ApiServer.WriteKubeconfig(kubeconfig);
        using var installed = Start("doltdb-operator", kubeconfig, isRead: false, ["run", "--metrics-bind-address", "0", "--health-probe-bind-address", "0", "--zap-log-level", "error"]);
        try
        {
            using var scenarios = Start("Scenarios", kubeconfig, isRead: true, ["-noColor", .. Cluster.SelectMany(name => (string[])["-method", $"{typeof(AnyClusterTests).Namespace}.{name}"])]);
            var errors = scenarios.StandardError.ReadToEndAsync(Token);
            var told = await scenarios.StandardOutput.ReadToEndAsync(Token) + await errors;
            await scenarios.WaitForExitAsync(Token);
            scenarios.ExitCode.ShouldBe(0, told);
            told.ShouldContain("Total: 8, Errors: 0, Failed: 0, Skipped: 1,");
            told.ShouldContain("needs the inside of the sandbox: brings up what another operator left");
        }
        finally
        {
            installed.Kill();
            await installed.WaitForExitAsync(CancellationToken.None);
            TryDelete(directory);
        }
    }

    /// <summary>Servers that still end may write a last file into it.</summary>
    private static void TryDelete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (IOException)
        {
            // It is in the folder for temporary files.
        }
    }

    [Theory]
    [InlineData("DOLTDB_SCENARIOS_TARGET", "clutser")]
    [InlineData("DOLTDB_SCENARIOS_ADDRESSES", "yes")]
    [InlineData("DOLTDB_SCENARIOS_PATIENCE", "5m")]
    public void A_choice_that_means_nothing_is_refused_by_name(string variable, string value)
    {
        var refusal = Should.Throw<FormatException>(() => ScenarioOptions.Read(name => name == variable ? value : null));
        refusal.Message.ShouldContain(variable);
        refusal.Message.ShouldContain(value);
    }

    private static Process Start(string program, string kubeconfig, bool isRead, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = isRead,
            RedirectStandardError = isRead,
            Environment =
            {
                ["KUBECONFIG"] = kubeconfig,
                ["DOLTDB_SCENARIOS_TARGET"] = "cluster",
                ["DOLTDB_SCENARIOS_ADDRESSES"] = "direct",
                ["DOLTDB_SCENARIOS_PATIENCE"] = "60",
            },
        })!;
}
