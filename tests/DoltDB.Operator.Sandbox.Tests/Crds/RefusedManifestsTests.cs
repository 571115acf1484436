namespace DoltDB.Operator.Sandbox.Tests.Crds;

/// <summary>What cannot work is refused at once, with the name of the field that is wrong.</summary>
public sealed class RefusedManifestsTests
{
    private const string Reference = "doltDBRef: {name: d}";

    [Theory]
    [InlineData("spec.engineVersion", "storage: {}")]
    [InlineData("spec.storage", "engineVersion: '1'")]
    [InlineData("spec.replicas", "engineVersion: '1'\nstorage: {}\nreplicas: 0")]
    [InlineData("spec.replicas", "engineVersion: '1'\nstorage: {}\nreplicas: two")]
    [InlineData("spec.engineVersion", "engineVersion: 1\nstorage: {}")]
    [InlineData("spec.storage.size", "engineVersion: '1'\nstorage: {size: ten}")]
    [InlineData("spec.storage.resizeInUseVolumes", "engineVersion: '1'\nstorage: {resizeInUseVolumes: 'yes'}")]
    [InlineData("spec.server.listener.maxConnections", "engineVersion: '1'\nstorage: {}\nserver: {listener: {maxConnections: 9}}")]
    [InlineData("spec.server.mcpServer.port", "engineVersion: '1'\nstorage: {}\nserver: {mcpServer: {port: 80}}")]
    [InlineData("spec.server.mcpServer.port", "engineVersion: '1'\nstorage: {}\nserver: {mcpServer: {port: 50000}}")]
    [InlineData("spec.server.mcpServer.passwordSecretKeyRef.key", "engineVersion: '1'\nstorage: {}\nserver: {mcpServer: {passwordSecretKeyRef: {name: a}}}")]
    [InlineData("spec.updateStrategy", "engineVersion: '1'\nstorage: {}\nupdateStrategy: Sometimes")]
    [InlineData("spec.terminationGracePeriodSeconds", "engineVersion: '1'\nstorage: {}\nterminationGracePeriodSeconds: -1")]
    [InlineData("spec.podDisruptionBudget", "engineVersion: '1'\nstorage: {}\npodDisruptionBudget: {minAvailable: 1, maxUnavailable: 1}")]
    [InlineData("spec.failover.delaySeconds", "engineVersion: '1'\nstorage: {}\nfailover: {delaySeconds: 0}")]
    [InlineData("spec.tolerations[0].key", "engineVersion: '1'\nstorage: {}\ntolerations: [{key: 1}]")]
    public void A_cluster_is_refused_with_the_field(string field, string spec) => RefusedAt("DoltDB", spec).ShouldContain(field);

    [Theory]
    [InlineData("podIndex: -1", "podIndex")]
    [InlineData("minCaughtUpStandby: -1", "minCaughtUpStandby")]
    public void A_primary_that_three_servers_cannot_have_is_refused(string primary, string field) =>
        RefusedAt("DoltDB", $$"""
            engineVersion: "1"
            storage: {}
            replicas: 3
            replication:
              enabled: true
              primary:
                {{primary}}
            """).ShouldContain("spec.replication.primary." + field);

    [Theory]
    [InlineData("Database", "spec.name", "name: bad-name")]
    [InlineData("Database", "spec.name", "charset: utf8mb4")]
    [InlineData("Database", "spec.cleanupPolicy", "name: shop\ncleanupPolicy: Keep")]
    [InlineData("User", "spec.passwordSecretKeyRef", "name: reader")]
    [InlineData("User", "spec.passwordSecretKeyRef.key", "name: reader\npasswordSecretKeyRef: {name: s}")]
    [InlineData("Grant", "spec.privileges", "username: u\nprivileges: []")]
    [InlineData("Grant", "spec.username", "privileges: [ALL]")]
    [InlineData("Grant", "spec", "username: u")]
    [InlineData("Grant", "spec", "username: u\nprivileges: [ALL]\nroles: [r]")]
    [InlineData("User", "spec", "name: u\npasswordSecretKeyRef: {name: s, key: k}\ninstanceRef: {name: i}")]
    [InlineData("Database", "spec", "name: shop\ninstanceRef: {name: i}")]
    [InlineData("Database", "spec", "name: shop\nconnect: {host: h}")]
    [InlineData("Snapshot", "spec.frequencySchedule", "image: i")]
    [InlineData("BackupSchedule", "spec.schedule", "storage: {local: {path: /b}}")]
    [InlineData("Backup", "spec.storage", "backoffLimit: 1")]
    [InlineData("Backup", "spec.storage", "storage: {}")]
    [InlineData("Backup", "spec.storage", "storage: {local: {path: /b}, s3: {bucket: abc}}")]
    [InlineData("Backup", "spec.storage.local.path", "storage: {local: {path: b}}")]
    [InlineData("Backup", "spec.storage.s3.bucket", "storage: {s3: {bucket: Upper}}")]
    [InlineData("Backup", "spec", "storage: {local: {path: /b}}\ndatabases: [a-b]")]
    public void An_object_is_refused_with_the_field(string kind, string field, string spec) =>
        RefusedAt(kind, Reference + "\n" + spec).ShouldContain(field);

    [Fact]
    public void A_reference_to_a_cluster_must_be_given() =>
        Manifests.Admit(Manifests.OfKind("Database", "name: shop")).Problems.ShouldHaveSingleItem().Text.ShouldContain("exactly one of doltDBRef, instanceRef and driver must be given");

    [Theory]
    [InlineData("spec.engine", "{engine: Oracle, host: h, adminCredentials: {username: {value: a}, password: {valueFrom: {secretKeyRef: {name: s, key: k}}}}}")]
    [InlineData("spec.host", "{engine: MySQL, adminCredentials: {username: {value: a}, password: {valueFrom: {secretKeyRef: {name: s, key: k}}}}}")]
    [InlineData("spec.port", "{engine: MySQL, host: h, port: 0, adminCredentials: {username: {value: a}, password: {valueFrom: {secretKeyRef: {name: s, key: k}}}}}")]
    [InlineData("spec.adminCredentials.password", "{engine: MySQL, host: h, adminCredentials: {username: {value: a}, password: {value: secret}}}")]
    [InlineData("spec.adminCredentials.username", "{engine: MySQL, host: h, adminCredentials: {username: {}, password: {valueFrom: {secretKeyRef: {name: s, key: k}}}}}")]
    [InlineData("spec.allowedNamespaces", "{engine: MySQL, host: h, allowedNamespaces: {selector: {matchLabels: {a: b}}}, adminCredentials: {username: {value: a}, password: {valueFrom: {secretKeyRef: {name: s, key: k}}}}}")]
    public void An_instance_is_refused_with_the_field(string field, string spec) => RefusedAt("ExternalInstance", spec).ShouldContain(field);

    [Fact]
    public void A_backup_cannot_change()
    {
        var old = Manifests.OfKind("Backup", Reference + "\nstorage: {local: {path: /a}}");
        var changed = Manifests.OfKind("Backup", Reference + "\nstorage: {local: {path: /b}}");
        old = Manifests.Admit(old).Stored;

        Manifests.Admit(changed, old).Problems.ShouldHaveSingleItem().Text.ShouldContain("backup spec is immutable");
        Manifests.Admit(old, old).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void A_misspelt_field_is_reported_as_unknown() =>
        Manifests.Admit(Manifests.OfKind("DoltDB", "engineVersion: '1'\nstorage: {sise: 1Gi}")).Unknown.ShouldBe(["spec.storage.sise"]);

    private static IEnumerable<string> RefusedAt(string kind, string spec) =>
        Manifests.Admit(Manifests.OfKind(kind, spec)).Problems.Select(problem => problem.Field);
}
