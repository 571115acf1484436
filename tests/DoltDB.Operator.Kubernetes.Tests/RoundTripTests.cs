using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Kubernetes.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void Fields_that_the_types_do_not_know_survive_reading_and_writing()
    {
        const string text = """{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"a","creationTimestamp":"2026-11-20T22:00:00Z","future":1},"spec":{"replicas":2,"ordinals":{"start":1},"template":{"spec":{"containers":[{"name":"c","ports":[{"containerPort":1,"hostPort":2}],"stdin":true}]}}},"status":{"replicas":0,"x":"y"}}""";

        var parsed = JsonSerializer.Deserialize(text, KubernetesJson.Default.StatefulSet)!;
        var written = JsonSerializer.Serialize(parsed, KubernetesJson.Default.StatefulSet);

        JsonNode.DeepEquals(JsonNode.Parse(written), JsonNode.Parse(text)).ShouldBeTrue(written);
    }
}
