using System.Collections.Concurrent;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Sql.Drivers;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>What the loops of all SQL kinds share.</summary>
internal sealed record SqlObjectServices(IKubernetesClient Client, ServerResolver Servers, NamespaceAccess Namespaces, IEventRecorder Events, TimeProvider Time)
{
    /// <summary>How often an object is looked at again unless it says otherwise.</summary>
    public required TimeSpan Interval { get; init; }
}

/// <summary>
/// The loop of one SQL kind: finalizer before the first effect, then the server, then the kind's own work, then the status. Only the primary of a
/// DoltDB is needed. A steady object costs one reading an interval and no write.
/// </summary>
internal sealed class SqlObjectReconciler<T>(ISqlObjectKind<T> kind, IObjectCache<T> cache, SqlObjectServices services, ILogger logger) : IReconciler
    where T : KubernetesObject
{
    private readonly ConcurrentDictionary<NamespacedName, Memory> memories = new();

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (cache.Get(key) is not { } found)
        {
            memories.TryRemove(key, out _);
            return ReconcileResult.Done;
        }

        var memory = memories.GetOrAdd(key, static _ => new Memory());
        var pass = new SqlPass<T>(found, kind, services.Client, services.Events);
        try
        {
            await TakeBackAsync(pass, cancellationToken);
            return found.Metadata.DeletionTimestamp is null ? await UpholdAsync(pass, memory, cancellationToken) : await FinalizeAsync(pass, memory, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            // Deleted while the pass went on: the watch brings its end.
            return ReconcileResult.Done;
        }
    }

    /// <summary>Remembers what the Go operator made before anything can end the pass: the first status of this operator's own hides where it came from.</summary>
    private async Task TakeBackAsync(SqlPass<T> pass, CancellationToken cancellationToken)
    {
        if (!GoOperator.Made(pass.Object, kind.Status(pass.Object), kind.AppliedServer(pass.Object), kind.Finalizer) || ServerKeys.Of(kind.Spec(pass.Object), pass.Key.Namespace) is not { } server)
            return;
        pass.Set(kind.AsApplied(pass.Object, server));
        await pass.SaveAsync(cancellationToken);
    }

    private async Task<ReconcileResult> UpholdAsync(SqlPass<T> pass, Memory memory, CancellationToken cancellationToken)
    {
        var spec = kind.Spec(pass.Object);
        if (Unreadable(spec) is { } invalid)
            return await EndAsync(pass, memory, new SqlOutcome(invalid), cancellationToken);
        if (kind.Objection(pass.Object) is { } objection)
            return await EndAsync(pass, memory, new SqlOutcome(objection), cancellationToken);
        var resolution = await services.Servers.ResolveAsync(pass.Key.Namespace, spec, memory.IsRefused, cancellationToken);
        if (resolution is not ServerResolution.Usable { Server: var server })
        {
            var unusable = (ServerResolution.Unusable)resolution;
            return await EndAsync(pass, memory, SqlOutcome.Of(unusable.Reason, unusable.Message), cancellationToken);
        }

        if (kind.AppliedServer(pass.Object) is { } applied && applied != server.Key)
            return await EndAsync(pass, memory, SqlOutcome.Of(SqlReasons.ServerChanged, $"{kind.Thing(pass.Object)} is on {applied}: an object cannot move to {server.Key}, delete it and make another"), cancellationToken);
        if (pass.Object.Metadata.Finalizers?.Contains(kind.Finalizer) != true)
            await pass.SetFinalizerAsync(true, cancellationToken);
        var outcome = await TryAsync(pass, server, () => kind.ApplyAsync(pass, server, cancellationToken));
        return await EndAsync(pass, memory, outcome, cancellationToken);
    }

    private async Task<ReconcileResult> FinalizeAsync(SqlPass<T> pass, Memory memory, CancellationToken cancellationToken)
    {
        if (pass.Object.Metadata.Finalizers?.Contains(kind.Finalizer) != true)
            return ReconcileResult.Done;
        var spec = kind.Spec(pass.Object);
        var made = kind.AppliedServer(pass.Object);
        var resolution = await PlaceAsync(pass, spec, made, memory, cancellationToken);
        var facts = kind.Complete(
            new DeletionFacts
            {
                Thing = kind.Thing(pass.Object),
                Server = resolution,
                IsOnDoltDb = ServerKeys.IsDoltDb(made),
                IsApplied = made is not null,
                IsSkipped = spec?.CleanupPolicy == "Skip",
                IsProtected = pass.Object.Metadata.Annotations?.GetValueOrDefault(DeletionRules.ProtectionAnnotation) == "true",
                IsNamespaceTerminating = await services.Namespaces.IsTerminatingAsync(pass.Key.Namespace, cancellationToken),
            },
            pass.Object);
        var decision = DeletionRules.Decide(facts);
        if (decision is DeletionDecision.Remove)
        {
            var server = ((ServerResolution.Usable)resolution).Server;
            var outcome = await TryAsync(pass, server, () => kind.RemoveAsync(pass, server, cancellationToken));
            if (outcome.Problem is { Reason: SqlReasons.InProgress } progress)
                return await EndAsync(pass, memory, outcome with { Problem = progress with { Reason = SqlReasons.Deleting } }, cancellationToken);
            decision = outcome.Problem is { } problem ? DeletionRules.AfterFailure(facts, problem.Reason, problem.Message) : new DeletionDecision.Release($"{facts.Thing} was removed");
        }

        if (decision is DeletionDecision.Wait wait)
            return await EndAsync(pass, memory, SqlOutcome.Of(wait.Reason, wait.Message), cancellationToken);
        if (decision is DeletionDecision.Release { Because: { } because })
            pass.Record(EventType.Normal, "Released", because);
        await pass.SetFinalizerAsync(false, cancellationToken);
        return ReconcileResult.Done;
    }

    /// <summary>
    /// The server from which the counterpart is to be removed: the one where it was made, whatever the spec has come to say. One that was named inline is
    /// known by the spec alone: when that names another, nothing is removed anywhere.
    /// </summary>
    private async Task<ServerResolution> PlaceAsync(SqlPass<T> pass, SqlObjectSpec? spec, string? made, Memory memory, CancellationToken cancellationToken)
    {
        var ns = pass.Key.Namespace;
        var named = ServerKeys.Of(spec, ns);
        var place = made is null || made == named ? spec : ServerKeys.Reference(made);
        if (place is null && made != named)
            return new ServerResolution.Unusable(SqlReasons.ServerChanged, $"it is on {made}, and the spec names {named ?? "no server"}. Put the server back to remove it there");
        try
        {
            return await services.Servers.ResolveForRemovalAsync(ns, place, memory.IsRefused, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 403)
        {
            // As where the Role that allowed to read the Secret went before the object, with their namespace: that one waits for nobody.
            var problem = SqlProblem.Of(exception);
            return new ServerResolution.Unusable(problem.Reason, problem.Message);
        }
    }

    private static async Task<SqlOutcome> TryAsync(SqlPass<T> pass, SqlServer server, Func<Task<SqlOutcome>> attempt)
    {
        try
        {
            return await attempt();
        }
        catch (DriverException exception)
        {
            return new SqlOutcome(SqlProblem.Of(exception, server));
        }
        catch (KubernetesException exception) when (SqlProblem.IsRefusal(exception) && (!exception.IsNamespaceTerminating || pass.Object.Metadata.DeletionTimestamp is not null))
        {
            return new SqlOutcome(SqlProblem.Of(exception));
        }
    }

    private static SqlProblem? Unreadable(SqlObjectSpec? spec)
    {
        if (spec is null)
            return new SqlProblem(SqlReasons.InvalidSpec, "spec must be given");
        foreach (var (field, text) in new[] { ("requeueInterval", spec.RequeueInterval), ("retryInterval", spec.RetryInterval) })
        {
            if (!string.IsNullOrEmpty(text) && (!GoDuration.TryParse(text, out var duration) || duration <= TimeSpan.Zero))
                return new SqlProblem(SqlReasons.InvalidSpec, $"spec.{field} must be a duration such as 30s");
        }

        return null;
    }

    /// <summary>Writes how it is, and says when to look again.</summary>
    private async Task<ReconcileResult> EndAsync(SqlPass<T> pass, Memory memory, SqlOutcome outcome, CancellationToken cancellationToken)
    {
        var problem = outcome.Problem;
        memory.IsRefused = problem?.Reason == SqlReasons.AccessDenied;
        var before = kind.Status(pass.Object)?.Conditions;
        var generation = pass.Object.Metadata.Generation;
        var ready = new Condition
        {
            Type = SqlReasons.Ready,
            Status = problem is null ? Conditions.True : Conditions.False,
            Reason = problem?.Reason ?? SqlReasons.Created,
            Message = problem?.Message ?? SqlReasons.Created,
            ObservedGeneration = generation,
        };
        pass.Set(kind.With(pass.Object, before.With(ready, services.Time.GetUtcNow()), generation));
        await pass.SaveAsync(cancellationToken);
        var old = before.Find(SqlReasons.Ready);
        if (old?.Status != ready.Status || old.Reason != ready.Reason)
        {
            Log.SqlObjectChanged(logger, kind.Kind.Kind, pass.Key.ToString(), ready.Status, ready.Reason, ready.Message);
            pass.Record(problem is null || problem.Reason == SqlReasons.InProgress ? EventType.Normal : EventType.Warning, ready.Reason, problem is null ? $"{kind.Thing(pass.Object)} is as it should be" : ready.Message);
        }

        if (problem is null)
            memory.Failures = 0;
        return ReconcileResult.After(outcome.LookAgain ?? (problem is null ? Interval(kind.Spec(pass.Object)?.RequeueInterval) ?? services.Interval : Retry(pass.Object, memory)));
    }

    /// <summary>A failed attempt waits as long as the spec says, else longer from time to time; events wake it before.</summary>
    private TimeSpan Retry(T resource, Memory memory) =>
        Interval(kind.Spec(resource)?.RetryInterval) ?? TimeSpan.FromSeconds(Math.Min(1 << Math.Min(memory.Failures++, 6), 60));

    private static TimeSpan? Interval(string? text) => GoDuration.TryParse(text, out var duration) && duration > TimeSpan.Zero ? duration : null;

    private sealed class Memory
    {
        /// <summary>Whether the server refused the administrator last time, so that the Secret is read again.</summary>
        public bool IsRefused { get; set; }

        /// <summary>Attempts in a row that failed.</summary>
        public int Failures { get; set; }
    }
}
