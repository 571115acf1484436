using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>
/// Runs operations of drivers as Jobs. It never waits: every call observes the Job of the operation and makes the one next step. Calls for one
/// Database must not overlap; a controller's worker is enough. Let the controller watch the Jobs with <see cref="DriverJobNames.DatabaseOf"/>.
/// </summary>
internal sealed class JobDriverRunner(IKubernetesClient client, IObjectCache<Job> jobs, TimeProvider time, ILogger<JobDriverRunner> logger)
{
    private const int MostPods = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RefusalPause = TimeSpan.FromMinutes(1);

    /// <summary>How long a pod may take to start before its problem is looked for.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    /// <summary>How the operation stands; starts it, or its next attempt, when it is time.</summary>
    /// <exception cref="KubernetesException">The API server failed; call again.</exception>
    public async Task<DriverJobOutcome> RunAsync(DriverJobRequest request, CancellationToken cancellationToken)
    {
        if (Refusal(request) is { } refusal)
            return new DriverJobOutcome.Failed(DriverFailure.Unsupported, refusal, DriverJobRules.LongestPause);
        var (id, present) = (request.OperationId(), JobsOf(request));
        foreach (var job in DriverJobRules.Superfluous(id, present))
            await DeleteAsync(job, "Background", cancellationToken);
        return DriverJobRules.Decide(id, present, time.GetUtcNow()) switch
        {
            DriverJobDecision.Start start => await StartAsync(request, start.Attempt, cancellationToken),
            DriverJobDecision.Wait wait => await EndAsync(wait.Jobs, cancellationToken),
            DriverJobDecision.Watch watch => await WatchAsync(watch.Job, request, cancellationToken),
            DriverJobDecision.Read read => await ReadAsync(read.Job, request, cancellationToken),
            DriverJobDecision.Known known => Outcome(known.Job, known.Report),
            var other => throw new InvalidOperationException($"unknown decision {other}"),
        };
    }

    /// <summary>Deletes the finished Jobs of the operation: call it when the result is written down. Calling <see cref="RunAsync"/> again afterwards runs the operation again.</summary>
    public async Task CompleteAsync(DriverJobRequest request, CancellationToken cancellationToken)
    {
        foreach (var job in JobsOf(request).Where(job => DriverJobRules.IsComplete(job) && job.Metadata.DeletionTimestamp is null))
            await DeleteAsync(job, "Background", cancellationToken);
    }

    private static string? Refusal(DriverJobRequest request)
    {
        var spec = request.Driver.Spec;
        if (string.IsNullOrEmpty(spec?.Image))
            return $"DatabaseDriver {request.Driver.Metadata.Name} has no spec.image";
        return spec.Engines is { Count: > 0 } engines && !engines.Contains(request.Engine, StringComparer.OrdinalIgnoreCase)
            ? $"DatabaseDriver {request.Driver.Metadata.Name} serves {string.Join(", ", engines)}, not {request.Engine} (spec.engines)"
            : null;
    }

    private List<Job> JobsOf(DriverJobRequest request) => [.. jobs.List(request.Namespace)
        .Where(job => job.Metadata.Labels?.GetValueOrDefault(DriverJobNames.DatabaseUid) is { } uid && uid == request.Owner.Metadata.Uid)];

    private async Task<DriverJobOutcome> StartAsync(DriverJobRequest request, int attempt, CancellationToken cancellationToken)
    {
        var job = DriverJobs.Job(request, attempt);
        var name = NamespacedName.Of(job);
        var running = new DriverJobOutcome.Running($"the driver runs as Job {name.Name}", LookAgain);

        // The cache may not have seen the Job yet: its Secret must not be changed under it.
        if (await client.GetAsync(BuiltInKinds.Job, name, cancellationToken) is { } live)
        {
            return live.Metadata.Labels?.GetValueOrDefault(DriverJobNames.DatabaseUid) == request.Owner.Metadata.Uid
                ? running
                : new DriverJobOutcome.Failed(DriverFailure.Unknown, $"there is a Job {name.Name} that is not the operator's", RefusalPause);
        }

        try
        {
            await CreateSecretAsync(DriverJobs.Secret(request, attempt), cancellationToken);
            var created = await client.CreateAsync(BuiltInKinds.Job, job, cancellationToken);
            Log.DriverStarted(logger, name.ToString(), attempt);
            await HandOverSecretAsync(created, cancellationToken);
            return running;
        }
        catch (KubernetesException exception) when (exception.Code is 400 or 403 or 422)
        {
            await client.DeleteAsync(BuiltInKinds.Secret, name, new DeleteOptions(), cancellationToken);
            return new DriverJobOutcome.Failed(DriverFailure.Unknown, $"the Job of the driver was refused: {exception.Message}", RefusalPause);
        }
    }

    /// <summary>A Secret that a pass before a crash left may hold old credentials, and it is immutable: it is made anew.</summary>
    private async Task CreateSecretAsync(Secret secret, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateAsync(BuiltInKinds.Secret, secret, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            await client.DeleteAsync(BuiltInKinds.Secret, NamespacedName.Of(secret), new DeleteOptions(), cancellationToken);
            await client.CreateAsync(BuiltInKinds.Secret, secret, cancellationToken);
        }
    }

    /// <summary>From here the Secret goes with the Job, also when the operator is away until the Job's time is over.</summary>
    private async Task HandOverSecretAsync(Job job, CancellationToken cancellationToken)
    {
        var owner = JsonSerializer.SerializeToNode(DriverJobs.OwnedBy(job), DriverJson.Default.OwnerReference);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(owner) } };
        await client.MergePatchAsync(BuiltInKinds.Secret, NamespacedName.Of(job), patch, null, cancellationToken);
    }

    private async Task<DriverJobOutcome> EndAsync(IReadOnlyList<Job> others, CancellationToken cancellationToken)
    {
        // In the foreground: the Job is there until its pods are gone, so that its absence means that nobody works on the database.
        foreach (var job in others.Where(static job => job.Metadata.DeletionTimestamp is null))
            await DeleteAsync(job, "Foreground", cancellationToken);
        return new DriverJobOutcome.Running($"Job {others[0].Metadata.Name} of an earlier operation ends first", LookAgain);
    }

    private async Task<DriverJobOutcome> WatchAsync(Job job, DriverJobRequest request, CancellationToken cancellationToken)
    {
        var message = $"the driver runs as Job {job.Metadata.Name}";
        if (job.Status is { StartTime: { } started, Ready: null or 0 } && time.GetUtcNow() - started > StartPatience
            && Problem(await PodsAsync(job, cancellationToken)) is { } problem)
        {
            message += ": " + new SecretScrubber(request.Secrets()).Scrub(problem);
        }

        return new DriverJobOutcome.Running(message, LookAgain);
    }

    private static string? Problem(IReadOnlyList<Pod> pods)
    {
        foreach (var pod in pods.Where(static pod => pod.Metadata.DeletionTimestamp is null))
        {
            if ((pod.Status?.Conditions ?? []).FirstOrDefault(static condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
                return $"the pod cannot be scheduled: {unscheduled.Message}";
            if ((pod.Status?.ContainerStatuses ?? []).Select(static container => container.State?.Waiting).FirstOrDefault(static waiting => waiting?.Message is not null) is { } waiting)
                return $"{waiting.Reason}: {waiting.Message}";
        }

        return null;
    }

    private async Task<DriverJobOutcome> ReadAsync(Job job, DriverJobRequest request, CancellationToken cancellationToken)
    {
        // The Secret has the values that the driver was given, which may be others by now.
        var secret = await client.GetAsync(BuiltInKinds.Secret, NamespacedName.Of(job), cancellationToken);
        var given = DriverJobs.SecretFiles.Select(file => secret.Text(file)).OfType<string>();
        var report = DriverReports.Read(job, await PodsAsync(job, cancellationToken), new SecretScrubber([.. given, .. request.Secrets()]));
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = job.Metadata.Uid,
                ["annotations"] = new JsonObject { [DriverJobNames.Report] = JsonSerializer.Serialize(report, DriverJson.Default.DriverReport) },
            },
        };
        await client.MergePatchAsync(BuiltInKinds.Job, NamespacedName.Of(job), patch, null, cancellationToken);
        if (secret is not null)
            await client.DeleteAsync(BuiltInKinds.Secret, NamespacedName.Of(secret), new DeleteOptions { Uid = secret.Metadata.Uid }, cancellationToken);
        Log.DriverEnded(logger, NamespacedName.Of(job).ToString(), report.Result, report.Error, report.Message);
        return Outcome(job, report);
    }

    private DriverJobOutcome Outcome(Job job, DriverReport report) => report.Result == DriverReport.Ok
        ? new DriverJobOutcome.Succeeded(new DriverResult(report.Message, report.Version, report.Location, report.Bytes, report.Sha256))
        : new DriverJobOutcome.Failed(
            DriverReports.FailureOf(report), report.Message ?? "the driver gave no reason", DriverJobRules.RetryAfter(job, report, time.GetUtcNow()));

    private async Task<IReadOnlyList<Pod>> PodsAsync(Job job, CancellationToken cancellationToken)
    {
        var options = new ListOptions { Namespace = job.Metadata.Namespace, LabelSelector = $"{DriverJobNames.JobName}={job.Metadata.Name}", PageSize = MostPods };
        return (await client.ListAsync(BuiltInKinds.Pod, options, cancellationToken)).Items;
    }

    private async Task DeleteAsync(Job job, string propagation, CancellationToken cancellationToken)
    {
        var name = NamespacedName.Of(job);
        await client.DeleteAsync(BuiltInKinds.Secret, name, new DeleteOptions(), cancellationToken);
        await client.DeleteAsync(BuiltInKinds.Job, name, new DeleteOptions { Uid = job.Metadata.Uid, PropagationPolicy = propagation }, cancellationToken);
    }
}
