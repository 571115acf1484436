using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Writes;
using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Scenarios;

/// <summary>The chart grants what the operator does, and nothing that it could do without.</summary>
public sealed class LeastPrivilegeTests
{
    private static readonly string[] LeaseVerbs = ["leases get", "leases create", "leases update", "leases patch"];

    [Fact]
    public async Task Every_request_of_a_busy_operator_is_granted_by_the_chart()
    {
        var granted = Granted().Concat(LeaseVerbs).ToHashSet(StringComparer.Ordinal);
        await using var laptop = await Laptop.StartInsideAsync("counts requests", withOperator: false);
        laptop.StartOperator(new() { LeaderElect = true });
        await laptop.ApplyAsync(Manifests.Replicated("db", 3));
        await laptop.AwaitReadyAsync("db");
        await laptop.ApplyAsync(Manifests.Replicated("db", 3, podIndex: 1, size: "2Gi").Replace("1.57.2", "1.58.0", StringComparison.Ordinal));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.Members!.All(m => Laptop.Runs(m, "1.58.0")), "the change");
        await laptop.ApplyAsync(Manifests.DoltDb("db", "replicas: 1\nstorage: {size: 2Gi}").Replace("1.57.2", "1.58.0", StringComparison.Ordinal));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.Replicas == 1, "one server");

        var sent = laptop.Host.ApiServer.Requests.Counts.Keys.Where(kind => kind.UserAgent == "operator-0").Select(kind => $"{kind.Resource} {kind.Verb}").ToHashSet(StringComparer.Ordinal);
        sent.Count.ShouldBeGreaterThan(30);
        sent.Except(granted).ShouldBeEmpty("requests that a real cluster would refuse");
    }

    [Fact]
    public void Nothing_is_granted_by_wildcard() => Granted().ShouldAllBe(right => !right.Contains('*'));

    [Fact]
    public void C13_No_role_and_no_binding_is_made_for_a_cluster() =>
        Granted().ShouldNotContain(right => right.StartsWith("roles", StringComparison.Ordinal) || right.StartsWith("clusterroles", StringComparison.Ordinal) || right.Contains("bindings", StringComparison.Ordinal));

    private static List<string> Granted() =>
    [
        .. from file in (string[])["charts/doltdb-operator/files/rules.yaml", "charts/doltdb-operator/files/cluster-rules.yaml"]
           from rule in (JsonArray)YamlJson.Parse(RepositoryFiles.Read(file))!
           from resource in (JsonArray)rule!["resources"]!
           from verb in (JsonArray)rule["verbs"]!
           select $"{resource} {verb}",
    ];
}
