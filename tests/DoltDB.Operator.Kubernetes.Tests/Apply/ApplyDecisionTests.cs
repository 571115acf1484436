using System.Text.Json;
using DoltDB.Operator.Kubernetes.Apply;

namespace DoltDB.Operator.Kubernetes.Tests.Apply;

public sealed class ApplyDecisionTests
{
    [Theory]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{"a":1,"defaulted":true},"status":{}}""", "defaults of the server")]
    [InlineData("""{"apiVersion":"v1","kind":"X","status":{"a":1},"spec":{}}""", """{"metadata":{}}""", "kind, status and empty maps")]
    [InlineData("""{"spec":{"a":{},"b":[],"c":null,"d":{"e":{}}}}""", """{"spec":{}}""", "empty equals absent")]
    [InlineData("""{"spec":{"resources":{"requests":{"cpu":"0.5","memory":"1Gi"}}}}""", """{"spec":{"resources":{"requests":{"cpu":"500m","memory":"1024Mi"}}}}""", "quantities by value")]
    [InlineData("""{"spec":{"emptyDir":{"sizeLimit":"1Gi"}}}""", """{"spec":{"emptyDir":{"sizeLimit":"1024Mi"}}}""", "a size limit")]
    [InlineData("""{"spec":{"capacity":{"cpu":1}}}""", """{"spec":{"capacity":{"cpu":"1000m"}}}""", "a quantity as a number")]
    [InlineData("""{"spec":{"a":1.0}}""", """{"spec":{"a":1}}""", "numbers by value")]
    [InlineData("""{"c":{"containers":[{"name":"b"},{"name":"a","image":"i"}]}}""", """{"c":{"containers":[{"name":"a","image":"i","x":1},{"name":"sidecar"},{"name":"b"}]}}""", "a map in disguise")]
    [InlineData("""{"c":{"ports":[{"containerPort":3306,"name":"sql"}]}}""", """{"c":{"ports":[{"containerPort":3306,"name":"sql","protocol":"TCP"}]}}""", "ports default to TCP")]
    [InlineData("""{"spec":{"ports":[{"port":53,"protocol":"UDP"},{"port":53}]}}""", """{"spec":{"ports":[{"port":53,"protocol":"TCP","targetPort":53},{"port":53,"protocol":"UDP"}]}}""", "service ports by port and protocol")]
    [InlineData("""{"c":{"volumeMounts":[{"mountPath":"/db","name":"d"}]}}""", """{"c":{"volumeMounts":[{"mountPath":"/x","name":"d"},{"mountPath":"/db","name":"d"}]}}""", "mounts by path")]
    [InlineData("""{"metadata":{"finalizers":["a"]}}""", """{"metadata":{"finalizers":["b","a"]}}""", "finalizers are a set")]
    [InlineData("""{"metadata":{"ownerReferences":[{"uid":"u","name":"n"}]}}""", """{"metadata":{"ownerReferences":[{"uid":"v"},{"uid":"u","name":"n"}]}}""", "owners by uid")]
    [InlineData("""{"spec":{"volumeClaimTemplates":[{"metadata":{"name":"d"}}]}}""", """{"spec":{"volumeClaimTemplates":[{"kind":"PersistentVolumeClaim","metadata":{"name":"d"},"status":{"phase":"Pending"}}]}}""", "elements of an atomic list with defaults")]
    [InlineData("""{"stringData":{"k":"v"}}""", """{"data":{"k":"dg==","other":"x"}}""", "stringData is in data")]
    public void Nothing_would_change(string desired, string live, string because) => WouldChange(live, desired).ShouldBeFalse(because);

    [Theory]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{"a":2}}""", "another number")]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{}}""", "a missing member")]
    [InlineData("""{"spec":{"a":{"b":1}}}""", """{}""", "a missing parent")]
    [InlineData("""{"spec":{"a":{}}}""", """{"spec":{"a":"text"}}""", "an empty map is no text")]
    [InlineData("""{"spec":{"a":null}}""", """{"spec":{"a":1}}""", "null removes")]
    [InlineData("""{"spec":{"targetPort":80}}""", """{"spec":{"targetPort":"80"}}""", "an IntOrString is exact")]
    [InlineData("""{"spec":{"a":false}}""", """{"spec":{"a":true}}""", "true and false")]
    [InlineData("""{"spec":{"a":false}}""", """{"spec":{}}""", "false is not absent: it may be a decision")]
    [InlineData("""{"metadata":{"labels":{"version":"1.10"}}}""", """{"metadata":{"labels":{"version":"1.1"}}}""", "labels are no quantities")]
    [InlineData("""{"metadata":{"annotations":{"requests":"1Gi"}}}""", """{"metadata":{"annotations":{"requests":"1024Mi"}}}""", "annotations are no quantities")]
    [InlineData("""{"data":{"sizeLimit":"1000m"}}""", """{"data":{"sizeLimit":"1"}}""", "data is text")]
    [InlineData("""{"spec":{"resources":{"limits":{"cpu":"2"}}}}""", """{"spec":{"resources":{"limits":{"cpu":"1"}}}}""", "another quantity")]
    [InlineData("""{"c":{"args":["a","b"]}}""", """{"c":{"args":["b","a"]}}""", "the order of an atomic list")]
    [InlineData("""{"c":{"args":["a"]}}""", """{"c":{"args":["a","b"]}}""", "the length of an atomic list")]
    [InlineData("""{"c":{"args":["a"]}}""", """{"c":{}}""", "a missing list")]
    [InlineData("""{"c":{"containers":[{"name":"a"}]}}""", """{"c":{"containers":[{"name":"b"}]}}""", "a missing element")]
    [InlineData("""{"c":{"env":[{"name":"a","value":"1"}]}}""", """{"c":{"env":[{"name":"a","value":"2"}]}}""", "an element that differs")]
    [InlineData("""{"spec":{"ports":[{"port":53,"protocol":"UDP"}]}}""", """{"spec":{"ports":[{"port":53,"protocol":"TCP"}]}}""", "another protocol")]
    [InlineData("""{"metadata":{"finalizers":["a"]}}""", """{"metadata":{"finalizers":["b"]}}""", "a missing finalizer")]
    [InlineData("""{"c":{"items":[{"key":"a","path":"a"}]}}""", """{"c":{"items":[{"key":"a","path":"a"},{"key":"b","path":"b"}]}}""", "an atomic list of maps that somebody extended")]
    [InlineData("""{"c":{"env":[{"name":"a","value":"1"},{"name":"a","value":"2"}]}}""", """{"c":{"env":[{"name":"a","value":"1"}]}}""", "duplicate keys make no map")]
    [InlineData("""{"stringData":{"k":"v"}}""", """{"data":{"k":"eA=="}}""", "stringData that differs")]
    public void Something_would_change(string desired, string live, string because) => WouldChange(live, desired).ShouldBeTrue(because);

    private static bool WouldChange(string live, string desired) =>
        ApplyDecision.WouldChange(JsonDocument.Parse(live).RootElement, JsonDocument.Parse(desired).RootElement);
}
