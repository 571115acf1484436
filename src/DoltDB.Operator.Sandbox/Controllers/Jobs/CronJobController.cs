using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Jobs;

/// <summary>Makes the Jobs of CronJobs when they are due, and forgets old ones.</summary>
internal sealed class CronJobController(ControllerContext context, IObjectCache<CronJob> crons, IObjectCache<Job> jobs) : IReconciler
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public static IController Create(ControllerContext context)
    {
        var crons = context.Caches.Get(BuiltInKinds.CronJob);
        var jobs = context.Caches.Get(BuiltInKinds.Job).WithControllerIndex();
        var controller = new CronJobController(context, crons, jobs);
        return new Controller<CronJob>(ControllerContext.Options("cronjobs", workers: 1), crons, controller, context.Services, Predicates.IgnoresStatus)
            .Owns(jobs);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (crons.Get(key) is not { Metadata.DeletionTimestamp: null, Spec: not null } cron)
            return ReconcileResult.Done;
        var owned = jobs.ControlledBy(cron.Metadata.Uid!);
        CronJobDecision decision;
        try
        {
            decision = CronJobPlan.Decide(cron, owned, context.Now);
        }
        catch (FormatException exception)
        {
            context.Events.Record(BuiltInKinds.CronJob, cron, EventType.Warning, "UnparseableSchedule", exception.Message);
            return ReconcileResult.Done;
        }

        var gone = decision.Replaced.Concat(decision.Surplus).ToList();
        foreach (var job in gone)
            await DeleteAsync(cron, job, cancellationToken);
        var made = decision.Due is { } due ? await CreateAsync(cron, due, cancellationToken) : null;
        var status = CronJobPlan.Status(cron, owned.Except(gone).Concat(made is null || owned.Any(job => job.Metadata.Uid == made.Metadata.Uid) ? [] : [made]), decision.Due);
        if (!JsonNode.DeepEquals(Node(cron.Status ?? new CronJobStatus()), Node(status)))
            await context.Client.ReplaceAsync(BuiltInKinds.CronJob, cron with { Status = status }, "status", cancellationToken);
        return decision.NextTime is { } next ? Wait(next - context.Now) : ReconcileResult.Done;
    }

    /// <summary>Timers do not reach as far as a schedule may.</summary>
    private static ReconcileResult Wait(TimeSpan time) => ReconcileResult.After(time < LongestWait ? time : LongestWait);

    private static JsonNode? Node(CronJobStatus status) => JsonSerializer.SerializeToNode(status, KubernetesJson.Default.CronJobStatus);

    private async Task<Job?> CreateAsync(CronJob cron, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var wanted = CronJobPlan.Render(cron, due);
        try
        {
            var job = await context.Client.CreateAsync(BuiltInKinds.Job, wanted, cancellationToken);
            context.Events.Record(BuiltInKinds.CronJob, cron, EventType.Normal, "SuccessfulCreate", $"Created job {job.Metadata.Name}");
            return job;
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            // Made by an earlier pass whose status was not written.
            return await context.Client.GetAsync(BuiltInKinds.Job, NamespacedName.Of(wanted), cancellationToken);
        }
    }

    private async Task DeleteAsync(CronJob cron, Job job, CancellationToken cancellationToken)
    {
        var options = new DeleteOptions { Uid = job.Metadata.Uid, PropagationPolicy = "Background" };
        if (await context.Client.DeleteAsync(BuiltInKinds.Job, NamespacedName.Of(job), options, cancellationToken))
            context.Events.Record(BuiltInKinds.CronJob, cron, EventType.Normal, "SuccessfulDelete", $"Deleted job {job.Metadata.Name}");
    }
}
