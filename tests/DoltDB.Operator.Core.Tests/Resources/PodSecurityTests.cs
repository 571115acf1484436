using System.Text.Json;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Tests.Clusters;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.Resources;

/// <summary>What namespaces with rules of their own (Pod Security Standards, quotas, drains) ask of the children, and which ports they have.</summary>
public sealed class PodSecurityTests
{
    private const string Root = """{"allowPrivilegeEscalation":false,"seccompProfile":{"type":"RuntimeDefault"}}""";
    private const string Other = """{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]},"seccompProfile":{"type":"RuntimeDefault"}}""";

    [Theory]
    [InlineData("", Root)]
    [InlineData(""","securityContext":{}""", Root)]
    [InlineData(""","securityContext":{"runAsUser":0,"runAsNonRoot":false}""", Root)]
    [InlineData(""","securityContext":{"runAsUser":1000}""", Other)]
    [InlineData(""","securityContext":{"runAsNonRoot":true}""", Other)]
    [InlineData(""","securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"Localhost","localhostProfile":"a.json"}}""", """{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}""")]
    [InlineData(""","securityContext":{"seccompProfile":null}""", Root)]
    public void Containers_of_pods_that_are_not_root_keep_the_restricted_standard(string more, string context)
    {
        foreach (var container in Containers(Desired(more)))
            JsonSerializer.Serialize(container.SecurityContext).ShouldBe(context, container.Name);
    }

    [Theory]
    [InlineData("", "1Gi")]
    [InlineData(""","resources":{"requests":{"cpu":"1","memory":"3Gi"}}""", "3Gi")]
    public void Every_container_asks_for_what_the_server_asks_for_so_that_a_quota_admits_the_pod(string more, string memory)
    {
        foreach (var container in Containers(Desired(more)))
            container.Resources.ShouldNotBeNull().GetProperty("requests").GetProperty("memory").GetString().ShouldBe(memory, container.Name);
    }

    [Fact]
    public void A_pod_that_is_not_ready_holds_up_no_drain() =>
        Desired("").PodDisruptionBudget!.Spec!.UnhealthyPodEvictionPolicy.ShouldBe("AlwaysAllow");

    [Theory]
    [InlineData("""{"cluster":{"remotesAPI":{"port":443}}}""", null)]
    [InlineData("""{"metrics":{"enabled":true,"port":80}}""", null)]
    [InlineData("""{"cluster":{"remotesAPI":{"port":0}}}""", "spec.server.cluster.remotesAPI.port")]
    [InlineData("""{"metrics":{"enabled":true,"port":65536}}""", "spec.server.metrics.port")]
    [InlineData("""{"listener":{"port":1023}}""", "spec.server.listener.port")]
    [InlineData("""{"mcpServer":{"port":1023}}""", "spec.server.mcpServer.port")]
    public void A_port_below_1024_is_refused_where_the_schema_and_Dolt_refuse_it(string server, string? field)
    {
        var situation = new Situation { Spec = Situation.Replicated(3, 0, $",\"server\":{server}") };
        ClusterSpecRules.Check(situation.Facts.Cluster).Select(problem => problem.FieldPath).ShouldBe(field is null ? [] : [field]);
    }

    private static DesiredCluster Desired(string more) => new Situation { Spec = Situation.Replicated(3, 0, more) }.Plan().Desired!;

    private static IEnumerable<Container> Containers(DesiredCluster desired) =>
        desired.StatefulSet.Spec!.Template!.Spec!.InitContainers!.Concat(desired.StatefulSet.Spec.Template.Spec.Containers!);
}
