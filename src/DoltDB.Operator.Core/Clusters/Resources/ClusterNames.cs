using System.Globalization;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>Names of the children of a DoltDB. They are an interface: existing volumes, Services and Secrets are found by them.</summary>
internal static class ClusterNames
{
    /// <summary>The headless Service through which servers reach each other.</summary>
    public static string Internal(string cluster) => cluster + "-internal";

    /// <summary>The write Service.</summary>
    public static string Primary(string cluster) => cluster + "-primary";

    /// <summary>The read Service.</summary>
    public static string Reader(string cluster) => cluster + "-reader";

    /// <summary>The Service by which metrics are scraped.</summary>
    public static string Metrics(string cluster) => cluster + "-metrics";

    /// <summary>The servers' configurations.</summary>
    public static string Config(string cluster) => cluster + "-config";

    /// <summary>The ConfigMap that names the primary.</summary>
    public static string CurrentPrimary(string cluster) => cluster + "-current-primary";

    /// <summary>The PodDisruptionBudget.</summary>
    public static string DisruptionBudget(string cluster) => cluster + "-pdb";

    /// <summary>The NetworkPolicy.</summary>
    public static string NetworkPolicy(string cluster) => cluster + "-members";

    /// <summary>The administrator's account.</summary>
    public static string Credentials(string cluster) => cluster + "-credentials";

    /// <summary>The administrator's account as the servers know it.</summary>
    public static string AppliedCredentials(string cluster) => cluster + "-credentials-applied";

    /// <summary>The cluster whose administrator's Secret has the name; null for another Secret.</summary>
    public static string? ClusterOfCredentials(string secret) => secret.EndsWith("-credentials", StringComparison.Ordinal) ? secret[..^"-credentials".Length] : null;

    /// <summary>A pod, which is also the name of the remote that others know it by.</summary>
    public static string Pod(string cluster, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{cluster}-{ordinal}");

    /// <summary>What the names of the data claims begin with, before the ordinal.</summary>
    public static string ClaimPrefix(string cluster) => $"{DataVolume}-{cluster}";

    /// <summary>The data claim of an ordinal.</summary>
    public static string Claim(string cluster, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{ClaimPrefix(cluster)}-{ordinal}");

    /// <summary>The host name by which servers reach a pod.</summary>
    public static string PodHost(string cluster, string ns, int ordinal) => $"{Pod(cluster, ordinal)}.{Internal(cluster)}.{ns}";

    /// <summary>The data volume in pod and claim template.</summary>
    public const string DataVolume = "dolt-data";

    /// <summary>The configuration volume.</summary>
    public const string ConfigVolume = "dolt-config";

    /// <summary>The volume that names the primary.</summary>
    public const string PrimaryVolume = "dolt-primary";

    /// <summary>The container that serves SQL.</summary>
    public const string ServerContainer = "dolt";
}

/// <summary>Keys and values of labels and annotations.</summary>
internal static class ClusterLabels
{
    public const string Name = "app.kubernetes.io/name";
    public const string Version = "app.kubernetes.io/version";
    public const string ManagedBy = "app.kubernetes.io/managed-by";
    public const string OperatorName = "doltdb-operator";
    public const string PodName = "statefulset.kubernetes.io/pod-name";
    public const string Role = "k8s.dolthub.com/cluster-role";
    public const string Primary = "primary";
    public const string Standby = "standby";
    public const string ClaimRole = "pvc.k8s.dolthub.com/role";
    public const string ClaimRoleData = "dolt-data";
    public const string ClusterAnnotation = "k8s.dolthub.com/doltdb";
    public const string ReplicationAnnotation = "k8s.dolthub.com/replication";
    public const string ConfigHashAnnotation = "k8s.dolthub.com/configmap-hash";
    public const string DynamicHashAnnotation = "k8s.dolthub.com/dynamic-config-hash";
    public const string TemplateHashAnnotation = "k8s.dolthub.com/template-hash";
    public const string AdoptedTemplateHashAnnotation = "k8s.dolthub.com/adopted-template-hash";
    public const string InheritedHashAnnotation = "k8s.dolthub.com/inherited-hash";
    public const string SwitchoverAnnotation = "k8s.dolthub.com/switchover-to";
    public const string RestartedAtAnnotation = "k8s.dolthub.com/restartedAt";
    public const string SqlPortName = "tcp-dolt";
    public const string RemotesApiPortName = "grpc-remotesapi";
    public const string MetricsPortName = "http-metrics";
    public const string ProfilerPortName = "http-profiler";
    public const string McpPortName = "http-mcp";

    /// <summary>
    /// The labels that pods of a cluster have and pods of others do not, even with the common label of the same value. Pods that another operator
    /// made get them when they are replaced.
    /// </summary>
    public static Dictionary<string, string> OwnSelector(string cluster) => new() { [Name] = cluster, [ManagedBy] = OperatorName };

    /// <summary>The labels that select pods and claims of a cluster.</summary>
    public static Dictionary<string, string> Selector(string cluster) => new() { [Name] = cluster };
}
