using DoltDB.Kubectl.Tests.Support;

namespace DoltDB.Kubectl.Tests;

public sealed class HelpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("status")]
    [InlineData("switchover")]
    [InlineData("restart")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("logs")]
    [InlineData("sql")]
    public async Task Every_command_explains_itself_and_takes_the_options_of_kubectl(string command)
    {
        var help = await PluginRun.OfProcessAsync([command, "--help"], Token);

        help.ExitCode.ShouldBe(0);
        help.Output.ShouldContain("-n, --namespace");
        help.Output.ShouldContain("--context");
        help.Output.ShouldContain("--kubeconfig");
        help.Output.ShouldContain("<name>");
    }

    [Fact]
    public async Task Every_command_is_documented()
    {
        var root = PluginRoot.Create(PluginContext.OfProcess());
        var page = await File.ReadAllTextAsync(Path.Combine(Operator.Testing.RepositoryFiles.Root, "docs/kubectl-plugin.md"), Token);

        foreach (var command in root.Subcommands.Where(command => command.Name != "version"))
        {
            page.ShouldContain($"{command.Name} ");
            foreach (var option in command.Options)
                page.ShouldContain(option.Name, customMessage: $"option of {command.Name}");
        }
    }

    [Fact]
    public async Task The_version_is_that_of_the_build()
    {
        var outcome = await PluginRun.OfProcessAsync(["version"], Token);

        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldStartWith($"kubectl-doltdb {PluginVersion.Number}");
        PluginVersion.Number.ShouldMatch(@"^\d+\.\d+\.\d+$");
    }
}
