using System.Text.Json;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>Pods that run to completion (batch/v1).</summary>
public sealed record Job : KubernetesObject
{
    public JobSpec? Spec { get; init; }

    public JobStatus? Status { get; init; }
}

/// <summary>Desired state of a Job.</summary>
public sealed record JobSpec : JsonShape
{
    public int? Parallelism { get; init; }

    public int? Completions { get; init; }

    public int? BackoffLimit { get; init; }

    public long? ActiveDeadlineSeconds { get; init; }

    public int? TtlSecondsAfterFinished { get; init; }

    public bool? Suspend { get; init; }

    /// <summary>Which exit codes and disruptions count how.</summary>
    public JsonElement? PodFailurePolicy { get; init; }

    public LabelSelector? Selector { get; init; }

    public PodTemplateSpec? Template { get; init; }
}

/// <summary>Observed state of a Job.</summary>
public sealed record JobStatus : JsonShape
{
    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? CompletionTime { get; init; }

    public int? Active { get; init; }

    public int? Ready { get; init; }

    public int? Terminating { get; init; }

    public int? Succeeded { get; init; }

    public int? Failed { get; init; }

    public IReadOnlyList<PodCondition>? Conditions { get; init; }
}

/// <summary>Jobs on a schedule (batch/v1).</summary>
public sealed record CronJob : KubernetesObject
{
    public CronJobSpec? Spec { get; init; }

    public CronJobStatus? Status { get; init; }
}

/// <summary>Desired state of a CronJob.</summary>
public sealed record CronJobSpec : JsonShape
{
    public required string Schedule { get; init; }

    public string? TimeZone { get; init; }

    /// <summary><c>Allow</c>, <c>Forbid</c> or <c>Replace</c> a Job that still runs.</summary>
    public string? ConcurrencyPolicy { get; init; }

    public long? StartingDeadlineSeconds { get; init; }

    public bool? Suspend { get; init; }

    public int? SuccessfulJobsHistoryLimit { get; init; }

    public int? FailedJobsHistoryLimit { get; init; }

    public JobTemplateSpec? JobTemplate { get; init; }
}

/// <summary>What Jobs are made from.</summary>
public sealed record JobTemplateSpec : JsonShape
{
    public ObjectMeta? Metadata { get; init; }

    public JobSpec? Spec { get; init; }
}

/// <summary>Observed state of a CronJob.</summary>
public sealed record CronJobStatus : JsonShape
{
    public IReadOnlyList<ObjectReference>? Active { get; init; }

    public DateTimeOffset? LastScheduleTime { get; init; }

    public DateTimeOffset? LastSuccessfulTime { get; init; }
}
