using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Jobs;

/// <summary>What a Job needs now.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Create">Pods to make.</param>
/// <param name="Delete">Pods to delete.</param>
/// <param name="NextLook">When time alone changes something; null when it does not.</param>
internal sealed record JobDecision(JobStatus Status, int Create, IReadOnlyList<Pod> Delete, TimeSpan? NextLook);

/// <summary>Runs the pods of a Job to completion. Pure.</summary>
internal sealed class JobPlan
{
    private const int DefaultBackoffLimit = 6;
    private const int MostDoublings = 6;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(6);

    private readonly JobSpec spec;
    private readonly JobStatus before;
    private readonly DateTimeOffset now;
    private readonly IReadOnlyList<Pod> pods;
    private readonly List<Pod> active;
    private readonly int succeeded;
    private readonly int failed;

    private JobPlan(Job job, IReadOnlyList<Pod> pods, DateTimeOffset now)
    {
        (spec, before, this.now, this.pods) = (job.Spec ?? new JobSpec(), job.Status ?? new JobStatus(), now, pods);
        active = [.. pods.Where(static pod => !pod.IsFinished() && !pod.IsTerminating())];

        // Pods may be deleted after they ended; what was counted stays counted.
        succeeded = Math.Max(before.Succeeded ?? 0, pods.Count(static pod => pod.Status?.Phase == "Succeeded"));
        failed = Math.Max(before.Failed ?? 0, pods.Count(pod => pod.Status?.Phase == "Failed" && !PodFailureRules.IsIgnored(spec, pod)));
    }

    private int Parallelism => spec.Parallelism ?? 1;

    /// <summary>Whether the Job has completed or failed.</summary>
    public static bool IsFinished(Job job) => Holds(job, "Complete") || Holds(job, "Failed");

    /// <summary>Whether the Job has completed.</summary>
    public static bool IsComplete(Job job) => Holds(job, "Complete");

    /// <summary>When a finished Job is to be deleted; null when never.</summary>
    public static DateTimeOffset? ExpiresAt(Job job) =>
        job.Spec?.TtlSecondsAfterFinished is { } seconds && FinishedAt(job) is { } finished ? finished.AddSeconds(seconds) : null;

    /// <summary>When the Job completed or failed; null while it runs.</summary>
    public static DateTimeOffset? FinishedAt(Job job) => (job.Status?.Conditions ?? [])
        .FirstOrDefault(static condition => condition is { Type: "Complete" or "Failed", Status: "True" })?.LastTransitionTime;

    /// <summary>What to do for a Job that is not finished.</summary>
    public static JobDecision Decide(Job job, IReadOnlyList<Pod> pods, DateTimeOffset now)
    {
        var plan = new JobPlan(job, pods, now);
        if (plan.Failure() is { } failure)
            return plan.End("FailureTarget", "Failed", failure.Reason, failure.Message);
        if (plan.IsDone())
            return plan.End("SuccessCriteriaMet", "Complete", "CompletionsReached", "Reached expected number of succeeded pods");
        return plan.spec.Suspend == true ? plan.Pause() : plan.Proceed();
    }

    private static bool Holds(Job job, string type) => (job.Status?.Conditions ?? []).Any(condition => condition.Type == type && condition.Status == "True");

    private (string Reason, string Message)? Failure()
    {
        if (PodFailureRules.FailJob(spec, pods) is { } policy)
            return ("PodFailurePolicy", policy);
        var limit = spec.BackoffLimit ?? DefaultBackoffLimit;
        var restarts = spec.Template?.Spec?.RestartPolicy == "OnFailure"
            ? active.Sum(static pod => (pod.Status?.ContainerStatuses ?? []).Sum(static container => container.RestartCount ?? 0))
            : 0;
        if (failed > limit || (restarts > 0 && restarts > limit))
            return ("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        return Deadline() <= now ? ("DeadlineExceeded", "Job was active longer than specified deadline") : null;
    }

    private DateTimeOffset? Deadline() => spec.ActiveDeadlineSeconds is { } seconds && before.StartTime is { } started ? started.AddSeconds(seconds) : null;

    private bool IsDone() => spec.Completions is { } completions ? succeeded >= completions : succeeded > 0 && active.Count == 0;

    private JobDecision End(string target, string type, string reason, string message)
    {
        var isComplete = type == "Complete";
        var status = Counted(0) with
        {
            CompletionTime = isComplete ? now : null,
            Conditions = [.. Others(target, type), Condition(target, reason, message), Condition(type, reason, message)],
        };
        return new JobDecision(status, 0, active, null);
    }

    private JobDecision Pause()
    {
        var isKnown = (before.Conditions ?? []).Any(static condition => condition is { Type: "Suspended", Status: "True" });
        var conditions = isKnown ? before.Conditions : [.. Others("Suspended"), Condition("Suspended", "JobSuspended", "Job suspended")];
        return new JobDecision(Counted(0) with { StartTime = null, Conditions = conditions }, 0, active, null);
    }

    private JobDecision Proceed()
    {
        var wanted = spec.Completions is { } completions
            ? Math.Min(Parallelism, completions - succeeded)
            : succeeded > 0 ? active.Count : Parallelism;
        var wait = Backoff();
        var missing = wait is null ? Math.Max(0, wanted - active.Count) : 0;
        IReadOnlyList<Pod> surplus = active.Count > wanted ? active[wanted..] : [];
        var status = Counted(active.Count + missing - surplus.Count) with { Conditions = Resumed() };
        return new JobDecision(status, missing, surplus, Sooner(wait, Deadline() - now));
    }

    /// <summary>How long to wait after the last failure before the next pod; null when not at all.</summary>
    private TimeSpan? Backoff()
    {
        var last = pods.Where(static pod => pod.Status?.Phase == "Failed").Select(EndOf).OfType<DateTimeOffset>().DefaultIfEmpty().Max();
        if (last == default)
            return null;
        var backoff = FirstBackoff * (1 << Math.Clamp(failed - 1, 0, MostDoublings));
        var wait = last + (backoff < LongestBackoff ? backoff : LongestBackoff) - now;
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static DateTimeOffset? EndOf(Pod pod) =>
        (pod.Status?.ContainerStatuses ?? []).Select(static container => container.State?.Terminated?.FinishedAt).Max();

    private JobStatus Counted(int running) => before with
    {
        StartTime = before.StartTime ?? now,
        Active = running == 0 ? null : running,
        Ready = active.Count(static pod => pod.IsReady()),
        Terminating = pods.Count(static pod => pod.IsTerminating() && !pod.IsFinished()),
        Succeeded = succeeded == 0 ? null : succeeded,
        Failed = failed == 0 ? null : failed,
    };

    private IReadOnlyList<PodCondition>? Resumed() =>
        (before.Conditions ?? []).Any(static condition => condition is { Type: "Suspended", Status: "True" })
            ? [.. Others("Suspended"), Condition("Suspended", "JobResumed", "Job resumed") with { Status = "False" }]
            : before.Conditions;

    private IEnumerable<PodCondition> Others(params string[] types) => (before.Conditions ?? []).Where(condition => !types.Contains(condition.Type));

    private PodCondition Condition(string type, string reason, string message) => new()
    {
        Type = type, Status = Conditions.True, Reason = reason, Message = message, LastProbeTime = now, LastTransitionTime = now,
    };

    private static TimeSpan? Sooner(TimeSpan? left, TimeSpan? right) => left is null ? right : right is null || left < right ? left : right;
}
