using System.Globalization;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>What is to be done about an operation now.</summary>
internal abstract record DriverJobDecision
{
    private DriverJobDecision()
    {
    }

    /// <summary>Make the Job of this attempt.</summary>
    internal sealed record Start(int Attempt) : DriverJobDecision;

    /// <summary>A Job of another operation on the same database must be gone first.</summary>
    internal sealed record Wait(IReadOnlyList<Job> Jobs) : DriverJobDecision;

    /// <summary>The Job is at work.</summary>
    internal sealed record Watch(Job Job) : DriverJobDecision;

    /// <summary>The Job has ended and its result was not read yet.</summary>
    internal sealed record Read(Job Job) : DriverJobDecision;

    /// <summary>The result is known.</summary>
    internal sealed record Known(Job Job, DriverReport Report) : DriverJobDecision;
}

/// <summary>Decides by the Jobs of a database how an operation goes on. Pure.</summary>
internal static class DriverJobRules
{
    /// <summary>The longest pause between two attempts.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private const int MostDoublings = 10;

    /// <summary>What to do.</summary>
    /// <param name="operationId">The operation that is asked for.</param>
    /// <param name="jobs">All Jobs of the database.</param>
    /// <param name="now">The time.</param>
    public static DriverJobDecision Decide(string operationId, IReadOnlyList<Job> jobs, DateTimeOffset now)
    {
        // Two programs must never work on one database: what is no longer asked for ends before anything else begins.
        var others = jobs.Where(job => OperationOf(job) != operationId && !IsFinished(job)).ToList();
        if (others.Count > 0)
            return new DriverJobDecision.Wait(others);
        if (Latest(operationId, jobs) is not { } latest)
            return new DriverJobDecision.Start(1);
        if (!IsFinished(latest) || latest.Metadata.DeletionTimestamp is not null)
            return new DriverJobDecision.Watch(latest);
        if (DriverReports.Parse(latest.Metadata.Annotations?.GetValueOrDefault(DriverJobNames.Report)) is not { } report)
            return new DriverJobDecision.Read(latest);
        return report.Result != DriverReport.Ok && RetryAfter(latest, report, now) == TimeSpan.Zero
            ? new DriverJobDecision.Start(AttemptOf(latest) + 1)
            : new DriverJobDecision.Known(latest, report);
    }

    /// <summary>Finished Jobs that nobody needs any more: of other operations, and attempts before the latest.</summary>
    public static IEnumerable<Job> Superfluous(string operationId, IReadOnlyList<Job> jobs)
    {
        var latest = Latest(operationId, jobs);
        return jobs.Where(job => IsFinished(job) && job.Metadata.DeletionTimestamp is null && job.Metadata.Uid != latest?.Metadata.Uid);
    }

    /// <summary>How long until the next attempt: doubled with each, and the longest at once where no repetition will help. Zero when it is time.</summary>
    public static TimeSpan RetryAfter(Job job, DriverReport report, DateTimeOffset now)
    {
        var pause = DriverReports.FailureOf(report) is DriverFailure.Invalid or DriverFailure.Unsupported
            ? LongestPause
            : FirstPause * Math.Pow(2, Math.Clamp(AttemptOf(job) - 1, 0, MostDoublings));
        var due = (FinishedAt(job) ?? now) + (pause < LongestPause ? pause : LongestPause);
        return due > now ? due - now : TimeSpan.Zero;
    }

    /// <summary>Whether the Job has completed.</summary>
    public static bool IsComplete(Job job) => Condition(job, "Complete") is not null;

    /// <summary>The condition that says why the Job failed; null when it has not.</summary>
    public static PodCondition? Failure(Job job) => Condition(job, "Failed");

    /// <summary>Number of the attempt.</summary>
    public static int AttemptOf(Job job) =>
        int.TryParse(job.Metadata.Labels?.GetValueOrDefault(DriverJobNames.Attempt), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : 1;

    private static Job? Latest(string operationId, IReadOnlyList<Job> jobs) => jobs.Where(job => OperationOf(job) == operationId).MaxBy(AttemptOf);

    private static string? OperationOf(Job job) => job.Metadata.Labels?.GetValueOrDefault(DriverJobNames.OperationId);

    private static bool IsFinished(Job job) => IsComplete(job) || Failure(job) is not null;

    private static DateTimeOffset? FinishedAt(Job job) => (Condition(job, "Complete") ?? Condition(job, "Failed"))?.LastTransitionTime;

    private static PodCondition? Condition(Job job, string type) =>
        (job.Status?.Conditions ?? []).FirstOrDefault(condition => condition.Type == type && condition.Status == "True");
}
