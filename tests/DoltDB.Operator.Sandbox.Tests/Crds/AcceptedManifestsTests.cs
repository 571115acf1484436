using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;

namespace DoltDB.Operator.Sandbox.Tests.Crds;

/// <summary>Manifests that existing users have are accepted, and mean what they meant.</summary>
public sealed class AcceptedManifestsTests
{
    private const string Smallest = """
        engineVersion: "1.57.2"
        storage: {}
        """;

    [Theory]
    [InlineData("replicas: 1")]
    [InlineData("server: {}")]
    [InlineData("server: {listener: {}, cluster: {remotesAPI: {}}}")]
    [InlineData("replicas: 3\nreplication: {enabled: true, primary: {podIndex: 2}}")]
    [InlineData("replicas: 2\nreplication: {enabled: true}")]
    [InlineData("replicas: 2\nreplication: {enabled: true, primary: {podIndex: 2, minCaughtUpStandby: 2}}")]
    [InlineData("replication: {enabled: false, primary: {podIndex: 4}}")]
    [InlineData("probes: {livenessProbe: {timeoutSeconds: 3, httpGet: {port: sql}}}")]
    [InlineData("resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 2}}")]
    [InlineData("tolerations: [{key: dedicated, operator: Exists, effect: NoSchedule}]")]
    [InlineData("env: [{name: A, value: b}, {name: C, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}]")]
    [InlineData("securityContext: {fsGroup: 1000, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}")]
    [InlineData("podDisruptionBudget: {minAvailable: 50%}")]
    [InlineData("podDisruptionBudget: {maxUnavailable: 1}")]
    [InlineData("serviceAccountAnnotations: {eks.amazonaws.com/role-arn: arn}\nnodeSelector: {pool: db}\nimagePullSecrets: [{name: hub}]")]
    public void A_cluster_is_accepted(string extra)
    {
        var (_, unknown, problems) = Manifests.Admit(Manifests.OfKind("DoltDB", Smallest + "\n" + extra));

        unknown.ShouldBeEmpty();
        problems.Select(problem => problem.Text).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{server: {}}")]
    [InlineData("{server: {listener: {}, cluster: {}, metrics: {}}}")]
    [InlineData("{server: {listener: {port: 3306}, cluster: {remotesAPI: {}}}}")]
    public void Ports_are_the_documented_ones_however_much_of_the_server_section_is_there(string section)
    {
        var spec = Stored(section);

        spec.SqlPort().ShouldBe(3306);
        spec.ReplicationPort().ShouldBe(50051);
    }

    [Fact]
    public void A_cluster_without_replicas_is_one_server()
    {
        var spec = Stored("{}");

        spec.EffectiveReplicas().ShouldBe(1);
        spec.IsReplicated().ShouldBeFalse();
        spec.ImageReference().ShouldBe("dolthub/dolt:1.57.2");
        spec.Storage!.Size!.Text.ShouldBe("100Gi");
        spec.TerminationGracePeriodSeconds.ShouldBe(60);
    }

    [Fact]
    public void Probes_that_are_given_empty_have_the_default_timing()
    {
        var probe = Stored("{probes: {}}").Probes!.LivenessProbe!.Value;

        probe.GetProperty("initialDelaySeconds").GetInt32().ShouldBe(15);
        probe.GetProperty("periodSeconds").GetInt32().ShouldBe(40);
    }

    [Theory]
    [InlineData("Database", "{doltDBRef: {name: d}, name: shop}")]
    [InlineData("User", "{doltDBRef: {name: d, namespace: other}, name: reader, passwordSecretKeyRef: {name: s, key: password}}")]
    [InlineData("Grant", "{doltDBRef: {name: d}, privileges: [ALL], username: reader}")]
    [InlineData("Grant", "{instanceRef: {name: i}, roles: [readers], username: reader}")]
    [InlineData("Database", "{instanceRef: {name: i, namespace: other}, name: shop, connectionSecret: {}}")]
    [InlineData("Database", "{driver: mysql, connect: {host: db, port: '3306'}, credentials: {username: {value: a}, password: {valueFrom: {secretKeyRef: {name: s, key: k}}}}, name: shop}")]
    [InlineData("ExternalInstance", "{engine: PostgreSQL, host: db.example.com, adminCredentials: {username: {value: postgres}, password: {valueFrom: {secretKeyRef: {name: s, key: k}}}}}")]
    [InlineData("ExternalInstance", "{engine: Oracle, driver: oracle, host: db, adminCredentials: {username: {value: a}, password: {valueFrom: {secretKeyRef: {name: s, key: k}}}}}")]
    [InlineData("DatabaseDriver", "{image: 'registry.example.com/oracle-driver:1'}")]
    [InlineData("Snapshot", "{doltDBRef: {name: d}, frequencySchedule: 0 0 * * *}")]
    [InlineData("Backup", "{doltDBRef: {name: d}, storage: {doltHub: {remoteUrl: 'https://doltremoteapi.dolthub.com/o/r'}}, databases: [a, b_1]}")]
    [InlineData("BackupSchedule", "{doltDBRef: {name: d}, schedule: '@daily', storage: {local: {path: /backups}}}")]
    public void An_object_with_only_what_it_must_have_is_accepted(string kind, string spec) =>
        Manifests.Admit(Manifests.OfKind(kind, spec)).Problems.Select(problem => problem.Text).ShouldBeEmpty();

    [Theory]
    [InlineData("Database", "{doltDBRef: {name: d}, name: shop}", "charset", "utf8mb4")]
    [InlineData("Database", "{doltDBRef: {name: d}, name: shop}", "collation", "utf8mb4_0900_bin")]
    [InlineData("Grant", "{doltDBRef: {name: d}, privileges: [ALL], username: reader}", "database", "*")]
    [InlineData("Snapshot", "{doltDBRef: {name: d}, frequencySchedule: 0 0 * * *}", "image", "bitnami/kubectl")]
    public void What_an_object_leaves_out_has_its_default(string kind, string spec, string field, string expected) =>
        Manifests.Admit(Manifests.OfKind(kind, spec)).Stored["spec"]![field]!.GetValue<string>().ShouldBe(expected);

    private static DoltDbSpec Stored(string extra)
    {
        var manifest = Manifests.OfKind("DoltDB", Smallest);
        foreach (var (name, value) in Manifests.Parse(extra))
            manifest["spec"]![name] = value?.DeepClone();
        var (stored, _, problems) = Manifests.Admit(manifest);
        problems.ShouldBeEmpty();
        return JsonSerializer.Deserialize((JsonNode)stored, ApiJson.Default.DoltDb)!.Spec!;
    }
}
