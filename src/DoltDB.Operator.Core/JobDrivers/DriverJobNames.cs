using System.Globalization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>Names and labels of driver Jobs. Their Secret has the name of the Job.</summary>
internal static class DriverJobNames
{
    /// <summary>Label of Jobs, pods and Secrets: uid of the Database.</summary>
    public const string DatabaseUid = "k8s.dolthub.com/database-uid";

    /// <summary>Label of Jobs: identity of the operation.</summary>
    public const string OperationId = "k8s.dolthub.com/driver-operation";

    /// <summary>Label of Jobs: number of the attempt, from 1.</summary>
    public const string Attempt = "k8s.dolthub.com/driver-attempt";

    /// <summary>Label of pods: name of the Job.</summary>
    public const string JobName = "k8s.dolthub.com/driver-job";

    /// <summary>Annotation of Jobs: name of the Database, which may be longer than a label.</summary>
    public const string DatabaseName = "k8s.dolthub.com/database";

    /// <summary>Annotation of finished Jobs: what was read from the driver's message, so that it is read once and outlives the pods.</summary>
    public const string Report = "k8s.dolthub.com/driver-report";

    private const int LongestName = 63;

    /// <summary>Name of the Job and of its Secret: a readable part, the operation, its identity and the attempt.</summary>
    public static string Of(DriverJobRequest request, int attempt)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"-{Verb(request.Operation)}-{request.OperationId()}-{attempt}");
        var name = request.Owner.Metadata.Name ?? "";
        return name[..Math.Min(name.Length, LongestName - suffix.Length)].TrimEnd('-', '.') + suffix;
    }

    /// <summary>The operation as drivers know it.</summary>
    public static string Verb(DriverOperation operation) => operation switch
    {
        DriverOperation.Create => "create",
        DriverOperation.Drop => "drop",
        _ => "backup",
    };

    /// <summary>The Database that a Job works for, whether or not it owns the Job: for the controller's watch.</summary>
    public static IEnumerable<NamespacedName> DatabaseOf(Job job) =>
        job.Metadata.Annotations?.GetValueOrDefault(DatabaseName) is { } name ? [new NamespacedName(job.Metadata.Namespace ?? "", name)] : [];
}
