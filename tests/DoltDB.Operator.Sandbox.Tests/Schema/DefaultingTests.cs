using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.Tests.Schema;

public sealed class DefaultingTests
{
    [Theory]
    [InlineData("{}", """{"color":"red","replicas":1}""")]
    [InlineData("""{"opts":{}}""", """{"opts":{"level":3},"color":"red","replicas":1}""")]
    [InlineData("""{"color":null,"note":null}""", """{"note":null,"color":"red","replicas":1}""")]
    [InlineData("""{"ports":[{"name":"a"}]}""", """{"ports":[{"name":"a","proto":"TCP"}],"color":"red","replicas":1}""")]
    public void Defaults_appear_where_the_parent_exists(string given, string expected)
    {
        var widget = Widgets.Widget(given);

        Widgets.Schema.ApplyDefaults(widget);

        widget["spec"]!.ToJsonString().ShouldBe(expected);
        widget.ContainsKey("status").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"color":"red","bogus":1}""", new[] { "spec.bogus" })]
    [InlineData("""{"opts":{"zz":1},"ports":[{"name":"a","what":2}]}""", new[] { "spec.opts.zz", "spec.ports[0].what" })]
    [InlineData("""{"free":{"anything":{"goes":1}},"labels":{"any":"key"}}""", new string[0])]
    [InlineData("""{"free":{"known":{"a":"1","b":"2"}}}""", new[] { "spec.free.known.b" })]
    public void Unknown_fields_are_dropped_and_named(string spec, string[] dropped)
    {
        var widget = Widgets.Widget(spec);

        Widgets.Schema.Prune(widget).ShouldBe(dropped);
        Widgets.Schema.Prune(widget).ShouldBeEmpty();
    }

    [Fact]
    public void Unknown_fields_of_the_object_and_its_metadata_are_dropped()
    {
        var widget = Widgets.Widget("{}", "\"foo\":1");
        widget["metadata"]!["colour"] = "x";

        Widgets.Schema.Prune(widget).ShouldBe(["foo", "metadata.colour"]);
        widget.ContainsKey("kind").ShouldBeTrue();
    }

    [Fact]
    public void A_stateful_set_gets_the_defaults_of_the_api_server()
    {
        var set = JsonNode.Parse("""
            {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"st"},"spec":{"serviceName":"st","selector":{"matchLabels":{"a":"1"}},
             "template":{"metadata":{"labels":{"a":"1"}},"spec":{"containers":[{"name":"c","image":"reg:5000/dolt:1.2",
               "ports":[{"containerPort":3306}],"readinessProbe":{"httpGet":{"port":8080}},"resources":{"limits":{"cpu":"1"}}}],
               "volumes":[{"name":"v"},{"name":"cm","configMap":{"name":"x"}}]}},
             "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"]}}]}}
            """)!.AsObject();
        var schema = Widgets.Registry.Find("apps", "v1", "StatefulSet")!;

        schema.ApplyDefaults(set);

        JsonNode.DeepEquals(set, JsonNode.Parse("""
            {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"st"},
             "spec":{"serviceName":"st","replicas":1,"revisionHistoryLimit":10,"podManagementPolicy":"OrderedReady",
             "persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain","whenScaled":"Retain"},
             "updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":0}},"selector":{"matchLabels":{"a":"1"}},
             "template":{"metadata":{"labels":{"a":"1"}},"spec":{"dnsPolicy":"ClusterFirst","enableServiceLinks":true,"restartPolicy":"Always",
               "schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30,"containers":[{"name":"c",
               "image":"reg:5000/dolt:1.2","imagePullPolicy":"IfNotPresent","terminationMessagePath":"/dev/termination-log",
               "terminationMessagePolicy":"File","ports":[{"containerPort":3306,"protocol":"TCP"}],
               "readinessProbe":{"httpGet":{"path":"/","scheme":"HTTP","port":8080},"failureThreshold":3,"periodSeconds":10,"successThreshold":1,"timeoutSeconds":1},
               "resources":{"limits":{"cpu":"1"},"requests":{"cpu":"1"}}}],
               "volumes":[{"name":"v","emptyDir":{}},{"name":"cm","configMap":{"name":"x","defaultMode":420}}]}},
             "volumeClaimTemplates":[{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},
               "spec":{"accessModes":["ReadWriteOnce"],"volumeMode":"Filesystem","resources":{}},"status":{"phase":"Pending"}}]},
             "status":{"replicas":0,"availableReplicas":0}}
            """)).ShouldBeTrue(set.ToJsonString());
        schema.Validate(set, null).ShouldBeEmpty();
        schema.Prune(set).ShouldBeEmpty();
    }

    [Fact]
    public void A_headless_service_gets_the_defaults_of_the_api_server()
    {
        var service = JsonNode.Parse("""{"spec":{"clusterIP":"None","ports":[{"port":3306}]}}""")!.AsObject();

        Widgets.Registry.Find("", "v1", "Service")!.ApplyDefaults(service);

        JsonNode.DeepEquals(service, JsonNode.Parse("""
            {"metadata":{},"spec":{"clusterIP":"None","type":"ClusterIP","sessionAffinity":"None","internalTrafficPolicy":"Cluster",
             "ports":[{"port":3306,"targetPort":3306,"protocol":"TCP"}]},"status":{"loadBalancer":{}}}
            """)).ShouldBeTrue(service.ToJsonString());
    }
}
