using System.Globalization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Scheduling;

namespace DoltDB.Operator.Sandbox.Controllers.Jobs;

/// <summary>What a CronJob needs now.</summary>
/// <param name="Due">The time for which a Job is to be made; null when none is due or may be made.</param>
/// <param name="Replaced">Jobs to delete before.</param>
/// <param name="Surplus">Finished Jobs beyond the history limits.</param>
/// <param name="NextTime">When the next Job is due; null when never.</param>
internal sealed record CronJobDecision(DateTimeOffset? Due, IReadOnlyList<Job> Replaced, IReadOnlyList<Job> Surplus, DateTimeOffset? NextTime);

/// <summary>Makes Jobs when they are due. Pure.</summary>
internal static class CronJobPlan
{
    private const int DefaultSuccessfulHistory = 3;
    private const int DefaultFailedHistory = 1;

    /// <exception cref="FormatException">The schedule or the time zone is wrong.</exception>
    public static CronJobDecision Decide(CronJob cron, IReadOnlyList<Job> jobs, DateTimeOffset now)
    {
        var schedule = CronSchedule.Parse(cron.Spec!.Schedule, cron.Spec.TimeZone);
        var running = jobs.Where(static job => !JobPlan.IsFinished(job)).ToList();
        var due = cron.Spec.Suspend == true ? null : LastMissed(cron, schedule, now);
        if (due is not null && running.Count > 0 && cron.Spec.ConcurrencyPolicy == "Forbid")
            due = null;
        IReadOnlyList<Job> replaced = due is not null && cron.Spec.ConcurrencyPolicy == "Replace" ? running : [];
        List<Job> surplus =
        [
            .. Oldest(jobs.Where(static job => JobPlan.IsComplete(job)), cron.Spec.SuccessfulJobsHistoryLimit ?? DefaultSuccessfulHistory),
            .. Oldest(jobs.Where(static job => JobPlan.IsFinished(job) && !JobPlan.IsComplete(job)), cron.Spec.FailedJobsHistoryLimit ?? DefaultFailedHistory),
        ];
        return new CronJobDecision(due, replaced, surplus, cron.Spec.Suspend == true ? null : schedule.Next(now));
    }

    /// <summary>The Job for a time; its name says which, so that there is never a second one.</summary>
    public static Job Render(CronJob cron, DateTimeOffset due)
    {
        var template = cron.Spec?.JobTemplate;
        return new Job
        {
            Metadata = new ObjectMeta
            {
                Name = $"{cron.Metadata.Name}-{(due.ToUnixTimeSeconds() / 60).ToString(CultureInfo.InvariantCulture)}",
                Namespace = cron.Metadata.Namespace,
                Labels = template?.Metadata?.Labels,
                Annotations = new Dictionary<string, string>(template?.Metadata?.Annotations ?? [])
                {
                    ["batch.kubernetes.io/cronjob-scheduled-timestamp"] = due.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture),
                },
                OwnerReferences = [Owners.Controlling(BuiltInKinds.CronJob, cron)],
            },
            Spec = template?.Spec,
        };
    }

    /// <summary>The status after the decision was carried out.</summary>
    public static CronJobStatus Status(CronJob cron, IEnumerable<Job> jobs, DateTimeOffset? made)
    {
        var all = jobs.ToList();
        var active = all.Where(static job => !JobPlan.IsFinished(job)).OrderBy(static job => job.Metadata.Name, StringComparer.Ordinal);
        var successes = all.Where(static job => JobPlan.IsComplete(job)).Select(static job => job.Status?.CompletionTime).Append(cron.Status?.LastSuccessfulTime);
        var references = active.Select(static job => BuiltInKinds.Job.ReferenceTo(job) with { ResourceVersion = null }).ToList();
        return (cron.Status ?? new CronJobStatus()) with
        {
            Active = references.Count == 0 ? null : references,
            LastScheduleTime = made ?? cron.Status?.LastScheduleTime,
            LastSuccessfulTime = successes.Max(),
        };
    }

    private static DateTimeOffset? LastMissed(CronJob cron, CronSchedule schedule, DateTimeOffset now)
    {
        var since = cron.Status?.LastScheduleTime ?? cron.Metadata.CreationTimestamp ?? now;
        if (cron.Spec?.StartingDeadlineSeconds is { } deadline && now.AddSeconds(-deadline) > since)
            since = now.AddSeconds(-deadline);
        DateTimeOffset? missed = null;
        for (var time = schedule.Next(since); time <= now; time = schedule.Next(time.Value))
            missed = time;
        return missed;
    }

    private static IEnumerable<Job> Oldest(IEnumerable<Job> finished, int limit) =>
        finished.OrderByDescending(static job => job.Status?.StartTime).ThenBy(static job => job.Metadata.Name, StringComparer.Ordinal).Skip(limit);
}
