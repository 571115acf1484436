using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Jobs;

/// <summary>Runs the pods of Jobs, and deletes finished Jobs when their time is over.</summary>
internal sealed class JobController(ControllerContext context, IObjectCache<Job> jobs, IObjectCache<Pod> pods) : IReconciler
{
    public static IController Create(ControllerContext context)
    {
        var jobs = context.Caches.Get(BuiltInKinds.Job);
        var pods = context.Caches.Get(BuiltInKinds.Pod).WithControllerIndex();
        return new Controller<Job>(ControllerContext.Options("jobs"), jobs, new JobController(context, jobs, pods), context.Services, IsOfInterest)
            .Owns(pods);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (jobs.Get(key) is not { Metadata.DeletionTimestamp: null } job)
            return ReconcileResult.Done;
        if (JobPlan.IsFinished(job))
            return await ExpireAsync(job, cancellationToken);
        var owned = pods.ControlledBy(job.Metadata.Uid!);
        var decision = JobPlan.Decide(job, owned, context.Now);
        foreach (var pod in decision.Delete)
            await context.Client.DeleteAsync(BuiltInKinds.Pod, NamespacedName.Of(pod), new DeleteOptions { Uid = pod.Metadata.Uid }, cancellationToken);
        foreach (var name in FreeNames(job, owned).Take(decision.Create))
            await CreatePodAsync(job, name, cancellationToken);
        if (!Same(job.Status, decision.Status))
            await WriteStatusAsync(job, decision.Status, cancellationToken);
        return new ReconcileResult(decision.NextLook);
    }

    /// <summary>The end of a Job, which its own status tells, starts the time that it is kept.</summary>
    private static bool IsOfInterest(CacheChange<Job> change) =>
        Predicates.IgnoresStatus(change) || JobPlan.IsFinished(change.Old!) != JobPlan.IsFinished(change.New!);

    /// <summary>Names follow from the Job, so that a pass that does not see the newest pod yet cannot make a second one.</summary>
    private static IEnumerable<string> FreeNames(Job job, IReadOnlyList<Pod> owned)
    {
        var taken = owned.Select(static pod => pod.Metadata.Name).ToHashSet();
        for (var i = 0; ; i++)
        {
            var name = $"{job.Metadata.Name}-{job.Metadata.Uid![..5]}-{i.ToString(CultureInfo.InvariantCulture)}";
            if (!taken.Contains(name))
                yield return name;
        }
    }

    private static bool Same(JobStatus? stored, JobStatus wanted) => stored is not null && JsonNode.DeepEquals(Node(stored), Node(wanted));

    private static JsonNode? Node(JobStatus status) => JsonSerializer.SerializeToNode(status, KubernetesJson.Default.JobStatus);

    private async Task CreatePodAsync(Job job, string name, CancellationToken cancellationToken)
    {
        var template = job.Spec?.Template;
        var pod = new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                GenerateName = job.Metadata.Name + "-",
                Namespace = job.Metadata.Namespace,
                Labels = template?.Metadata?.Labels,
                Annotations = template?.Metadata?.Annotations,
                OwnerReferences = [Owners.Controlling(BuiltInKinds.Job, job)],
            },
            Spec = template?.Spec,
        };
        await context.Client.CreateAsync(BuiltInKinds.Pod, pod, cancellationToken);
        context.Events.Record(BuiltInKinds.Job, job, EventType.Normal, "SuccessfulCreate", $"Created pod: {name}");
    }

    private async Task WriteStatusAsync(Job job, JobStatus status, CancellationToken cancellationToken)
    {
        var written = await context.Client.ReplaceAsync(BuiltInKinds.Job, job with { Status = status }, "status", cancellationToken);
        if (JobPlan.IsComplete(written))
            context.Events.Record(BuiltInKinds.Job, job, EventType.Normal, "Completed", "Job completed");
        else if (written.Status?.Conditions?.FirstOrDefault(static condition => condition is { Type: "Failed", Status: "True" }) is { } failure)
            context.Events.Record(BuiltInKinds.Job, job, EventType.Warning, failure.Reason ?? "Failed", failure.Message ?? "");
    }

    private async Task<ReconcileResult> ExpireAsync(Job job, CancellationToken cancellationToken)
    {
        if (JobPlan.ExpiresAt(job) is not { } expires)
            return ReconcileResult.Done;
        if (expires > context.Now)
            return ReconcileResult.After(expires - context.Now);
        var options = new DeleteOptions { Uid = job.Metadata.Uid, PropagationPolicy = "Foreground" };
        await context.Client.DeleteAsync(BuiltInKinds.Job, NamespacedName.Of(job), options, cancellationToken);
        return ReconcileResult.Done;
    }
}
