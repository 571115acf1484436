using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>The manifests of the Go operator's integration tests, and what several of them wait for.</summary>
internal static class Reference
{
    /// <summary>Lines below spec that roll the pods.</summary>
    public const string Change = "podAnnotations: {example.com/changed: \"true\"}\nresources: {requests: {cpu: 100m, memory: 128Mi}}";

    private const string NameLabel = "app.kubernetes.io/name";

    /// <summary>The DoltDB of all its suites, with the administrator's Secret.</summary>
    public const string Dolt = """
        apiVersion: v1
        kind: Secret
        metadata: {name: dolt-credentials}
        stringData: {admin-user: admin-user-test, admin-password: "12345"}
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: DoltDB
        metadata:
          name: dolt
          labels: {k8s.dolthub.com/test: test}
          annotations: {k8s.dolthub.com/test: test}
        spec:
          engineVersion: "1.57.2"
          image: dolthub/dolt
          replicas: 2
          podAnnotations: {example.com/pod: "true"}
          storage:
            size: 1Gi
            retentionPolicy: {whenDeleted: Delete, whenScaled: Delete}
          replication:
            enabled: true
            primary: {podIndex: 0, automaticFailover: true}
          server:
            logLevel: info
            listener: {maxConnections: 128}
            metrics: {enabled: true, labels: {app: dolt}}
          probes:
            livenessProbe: {initialDelaySeconds: 20, periodSeconds: 10, timeoutSeconds: 5}
            readinessProbe: {initialDelaySeconds: 1, periodSeconds: 1, timeoutSeconds: 5}
        """;

    /// <summary>A DoltDB with those servers; without replication when there is one.</summary>
    public static string Servers(string name, int replicas, int podIndex = 0, string size = "1Gi", string extra = "") => Manifests.DoltDb(
        name,
        $$"""
        replicas: {{replicas}}
        storage:
          size: {{size}}
        replication:
          enabled: {{(replicas > 1 ? "true" : "false")}}
          primary:
            podIndex: {{podIndex}}
            automaticFailover: true
        {{extra}}
        """);

    /// <summary>Waits until template and claims ask for the size, and the condition says so.</summary>
    public static async Task AwaitSizeAsync(Laptop laptop, string name, string size, int claims)
    {
        await laptop.AwaitAsync(name, c => Laptop.IsReady(c) && HasCondition(c, "StorageResized"), "StorageResized");
        var found = await laptop.ListAsync(BuiltInKinds.PersistentVolumeClaim, $"{NameLabel}={name},pvc.k8s.dolthub.com/role=dolt-data");
        found.Count.ShouldBe(claims);
        found.ShouldAllBe(claim => claim.Spec!.Resources!.Requests!["storage"].ToString() == size);
        await laptop.AwaitSetAsync(name, set => set.Spec?.VolumeClaimTemplates is [var template, ..] && template.Spec!.Resources!.Requests!["storage"].ToString() == size, $"a template of {size}");
    }

    /// <summary>Waits until every pod is of the template with <see cref="Change"/>, and the condition says so.</summary>
    public static async Task AwaitChangeAsync(Laptop laptop, string name, int pods)
    {
        await laptop.AwaitAsync(name, c => Laptop.IsReady(c) && HasCondition(c, "Updated"), "Updated");
        var found = await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}={name}");
        found.Count.ShouldBe(pods);
        found.ShouldAllBe(pod => pod.Metadata.Annotations!["example.com/changed"] == "true");
    }

    private static bool HasCondition(DoltDb cluster, string type) => cluster.Status?.Conditions?.Any(condition => condition.Type == type && condition.Status == "True") == true;
}
