using DoltDB.Kubectl.Tests.Support;

namespace DoltDB.Kubectl.Tests;

/// <summary>What is wrong is named, with what to do, and the exit code is 1.</summary>
public sealed class ErrorTests
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
    public async Task A_cluster_that_is_not_there_is_told_with_those_that_are(string command)
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy("shop"));
        await desk.StoreAsync(DoltDbs.Healthy("accounts"));

        var outcome = await desk.RunAsync(command, "shap");

        outcome.ShouldBe(new Outcome(1, "", "error: there is no DoltDB 'shap' in namespace 'default': there is accounts, shop" + Environment.NewLine));
    }

    [Fact]
    public async Task A_namespace_without_clusters_leads_to_the_list_of_all()
    {
        await using var desk = await Desk.StartAsync();

        (await desk.RunAsync("pause", "db", "-n", "kube-public")).Error
            .ShouldBe("error: there is no DoltDB 'db' in namespace 'kube-public': there is none at all; choose another with -n, or list all with: kubectl doltdb status -A" + Environment.NewLine);
    }

    [Fact]
    public async Task An_API_server_without_the_CRDs_is_told()
    {
        await using var desk = await Desk.StartWithoutDefinitionsAsync();

        var outcome = await desk.RunAsync("status", "db");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("the API server knows no DoltDB: install the operator's CRDs");
    }

    [Theory]
    [InlineData(401, "error: the API server does not accept your credentials: ")]
    [InlineData(403, "error: you may not do this: ")]
    [InlineData(500, "error: the API server refused (500): ")]
    public async Task A_refusal_of_the_API_server_is_told(int code, string expected)
    {
        await using var desk = await Desk.StartAsync();
        using var fault = desk.Fail("doltdbs", code);

        var outcome = await desk.RunAsync("status");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("switchover", "db", "--timeout=soon", "--timeout: 'soon' is no duration; expected for example 30s or 1m30s")]
    [InlineData("status", "db", "-A", "leave out 'db', or name its namespace with -n")]
    [InlineData("logs", "db", "--role=writer", "--role: 'writer' is no role; expected primary or standby")]
    [InlineData("logs", "db", "--tail=-1", "--tail must not be negative")]
    [InlineData("status", "db", "-o=yaml", "yaml")]
    public async Task A_wrong_option_is_named(string command, string name, string option, string expected)
    {
        await using var desk = await Desk.StartAsync();

        var outcome = await desk.RunAsync(command, name, option);

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task A_context_that_is_not_in_the_kubeconfig_is_named()
    {
        var kubeconfig = await KubeconfigAsync("http://127.0.0.1:9");
        try
        {
            var outcome = await PluginRun.OfProcessAsync(["status", "--kubeconfig", kubeconfig, "--context=staging"], Token);
            outcome.ShouldBe(new Outcome(1, "", $"error: {kubeconfig}: contexts: there is none named staging" + Environment.NewLine));
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    [Fact]
    public async Task An_API_server_that_cannot_be_reached_is_told()
    {
        var kubeconfig = await KubeconfigAsync("http://127.0.0.1:9");
        try
        {
            var outcome = await PluginRun.OfProcessAsync(["status", "--kubeconfig", kubeconfig], Token);
            outcome.ExitCode.ShouldBe(1);
            outcome.Error.ShouldStartWith("error: the API server cannot be reached: ");
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    private static async Task<string> KubeconfigAsync(string server)
    {
        var path = Path.GetTempFileName();
        var text = $$"""
            clusters: [{name: here, cluster: {server: "{{server}}"} }]
            contexts: [{name: here, context: {cluster: here} }]
            current-context: here
            """;
        await File.WriteAllTextAsync(path, text, Token);
        return path;
    }
}
