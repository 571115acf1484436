using System.Collections.Immutable;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>What a step did.</summary>
/// <param name="LooksAgainNow">Whether the state changed in a way that the same pass should see.</param>
/// <param name="Event">What users should read; null when nothing happened.</param>
internal sealed record StepResult(bool LooksAgainNow, ClusterEvent? Event)
{
    /// <summary>Why a hand-over did not happen; null when it did.</summary>
    public string? HandOverFailure { get; init; }

    /// <summary>Whether the next pass must read anew what servers hold and have.</summary>
    public bool ReadsContentNow { get; init; }

    /// <summary>Whether a standby is sent again what it lacks.</summary>
    public bool IsResent { get; init; }

    /// <summary>Whether the servers have the administrator's new password.</summary>
    public bool IsRotated { get; init; }

    /// <summary>Uid of the pod that was removed; null when none was.</summary>
    public string? RemovedPod { get; init; }

    /// <summary>What else users should read; null when there is nothing.</summary>
    public ClusterEvent? Warning { get; init; }

    /// <summary>What servers have after they were told, by their ordinals.</summary>
    public ImmutableDictionary<int, RunningVariables> Learned { get; init; } = ImmutableDictionary<int, RunningVariables>.Empty;

    /// <summary>What was attempted that may be refused for ever, named as <see cref="Refusals"/> says, and why it was; null for what was done.</summary>
    public ImmutableDictionary<string, string?> Attempts { get; init; } = ImmutableDictionary<string, string?>.Empty;
}

/// <summary>Carries out the one disruptive step of a plan. Its epoch and its hand-over are in the status already.</summary>
internal sealed class ClusterSteps(IKubernetesClient client, MemberCommands commands, HandOverProcedure handOvers, PrimaryFence fence, ILogger<ClusterSteps> logger)
{
    /// <summary>Runs the step.</summary>
    public async Task<StepResult> RunAsync(
        ClusterFacts facts, ClusterStep step, Administrator administrator, Func<Task<long>> reserveEpochAsync, CancellationToken cancellationToken)
    {
        Log.StepBegins(logger, step.GetType().Name, step.Because);
        var result = step switch
        {
            ClusterStep.Promote promote => await PromoteAsync(facts, promote, administrator, cancellationToken),
            ClusterStep.Failover failover => await FailOverAsync(facts, failover, administrator, cancellationToken),
            ClusterStep.HandOver handOver => await HandOverAsync(facts, handOver, administrator, reserveEpochAsync, cancellationToken),
            ClusterStep.RemovePod remove => await RemovePodAsync(facts, remove, cancellationToken),
            ClusterStep.ReplaceSet replace => await ReplaceSetAsync(facts, replace, cancellationToken),
            ClusterStep.GrowClaims grow => await ResizeAsync(facts, grow.Claims, grow.Size, grow.Because, "cannot grow to", cancellationToken),
            ClusterStep.TakeGrowthBack less => await ResizeAsync(facts, less.Claims, less.Size, less.Because, "cannot go back to", cancellationToken),
            ClusterStep.SetVariables set => await SetVariablesAsync(facts, set, administrator, cancellationToken),
            ClusterStep.RotateCredentials rotate => await RotateAsync(facts, rotate, administrator, cancellationToken),
            ClusterStep.Heal heal => await HealAsync(facts, heal, administrator, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "unknown step"),
        };
        if (result.Event is { } happened)
            Log.StepEnded(logger, happened.Reason, happened.Message);
        return result;
    }

    private static DoltEndpoint? Endpoint(ClusterFacts facts, int? ordinal, Administrator administrator) =>
        facts.Find(ordinal) is { } member ? ClusterObserver.Endpoint(member, facts.Spec, administrator) : null;

    private async Task<StepResult> PromoteAsync(ClusterFacts facts, ClusterStep.Promote step, Administrator administrator, CancellationToken cancellationToken)
    {
        if (Endpoint(facts, step.Ordinal, administrator) is not { } endpoint)
            return new StepResult(false, null);
        var failure = await commands.PromoteAsync(endpoint, step.Epoch, cancellationToken);
        var pod = ClusterNames.Pod(facts.Name, step.Ordinal);
        return Promoted(facts, step.Ordinal, failure) with
        {
            Event = failure is null
                ? new ClusterEvent(EventType.Normal, step.Reason, $"{pod} was made primary at epoch {step.Epoch}: {step.Because}")
                : new ClusterEvent(EventType.Warning, PrimaryReasons.PromotionFailed, $"{pod} did not become primary at epoch {step.Epoch}: {failure}"),
        };
    }

    private static StepResult Promoted(ClusterFacts facts, int ordinal, string? failure) =>
        new(failure is null, null) { Attempts = Attempt(Refusals.OfPromotion(facts.Find(ordinal)?.Pod?.Metadata.Uid), failure) };

    private async Task<StepResult> FailOverAsync(ClusterFacts facts, ClusterStep.Failover step, Administrator administrator, CancellationToken cancellationToken)
    {
        if (Endpoint(facts, step.To, administrator) is not { } endpoint)
            return new StepResult(false, null);
        // The candidate answered when the facts were read; nobody is fenced for one that is gone meanwhile.
        if (await commands.ReadRoleAsync(endpoint, cancellationToken) is null)
            return new StepResult(false, null);
        await fence.AnnouncePrimaryAsync(facts, step.To, cancellationToken);
        var (from, to) = (ClusterNames.Pod(facts.Name, step.From), ClusterNames.Pod(facts.Name, step.To));
        var (isAnother, refusal) = await fence.FenceAsync(facts, step.From, cancellationToken);
        if (isAnother)
            return new StepResult(false, new ClusterEvent(EventType.Normal, "FailoverStopped", $"the pod of {from} was made anew since it was looked at: it may be the primary again"));
        var failure = await commands.PromoteAsync(endpoint, step.Epoch, cancellationToken);
        return Promoted(facts, step.To, failure) with
        {
            Event = failure is null
                ? new ClusterEvent(EventType.Warning, PrimaryReasons.Failover, $"{step.Because} (epoch {step.Epoch}). Writes that had not reached it are lost; the old volume is kept")
                : new ClusterEvent(EventType.Warning, "FailoverFailed", $"{to} did not become primary at epoch {step.Epoch}: {failure}"),
            Warning = refusal is null ? null : new ClusterEvent(EventType.Warning, "FencingRefused", $"{from} could not be removed before another server took over: {refusal}"),
        };
    }

    private async Task<StepResult> HandOverAsync(
        ClusterFacts facts, ClusterStep.HandOver step, Administrator administrator, Func<Task<long>> reserveEpochAsync, CancellationToken cancellationToken)
    {
        var state = step.State;
        var result = await handOvers.RunAsync(
            state, Endpoint(facts, state.From, administrator), Endpoint(facts, state.To, administrator), ClusterNames.Pod(facts.Name, state.To ?? 0), step.MinimumCaughtUp, reserveEpochAsync, cancellationToken);
        var (from, to) = (ClusterNames.Pod(facts.Name, state.From ?? 0), ClusterNames.Pod(facts.Name, state.To ?? 0));
        return new StepResult(result.RollBackFailure is null, result.IsDone
            ? new ClusterEvent(EventType.Normal, "PrimaryNew", $"{to} took over from {from} at epoch {state.Epoch}: {step.Because}")
            : new ClusterEvent(EventType.Warning, "SwitchoverFailed", $"the hand-over from {from} to {to} did not happen: {result.Because}"))
        {
            HandOverFailure = result.IsDone ? null : result.Because,
            // One that did not take the role back is left alone like any other that would not become primary: each attempt uses up an epoch.
            Attempts = result.IsRollBackTried ? Attempt(Refusals.OfPromotion(facts.Find(state.From)?.Pod?.Metadata.Uid), result.RollBackFailure) : ImmutableDictionary<string, string?>.Empty,
        };
    }

    private async Task<StepResult> RemovePodAsync(ClusterFacts facts, ClusterStep.RemovePod step, CancellationToken cancellationToken)
    {
        var name = new NamespacedName(facts.Cluster.Metadata.Namespace ?? "", ClusterNames.Pod(facts.Name, step.Ordinal));
        var options = new DeleteOptions { Uid = step.Uid };
        var result = EvictionResult.Evicted;
        var refusal = await ApiFailures.RefusalAsync(async () =>
        {
            if (step.RespectsBudget)
                result = await client.EvictAsync(name, options, cancellationToken);
            else
                await client.DeleteAsync(BuiltInKinds.Pod, name, options, cancellationToken);
        });
        var what = Refusals.OfPod(step.Uid);
        if (refusal is null && result == EvictionResult.Evicted)
            return new StepResult(false, new ClusterEvent(EventType.Normal, "PodReplaced", step.Because)) { RemovedPod = step.Uid, Attempts = Attempt(what, null) };
        if (refusal is null && result == EvictionResult.Refused)
        {
            const string Because = "its PodDisruptionBudget does not allow it now";
            return new StepResult(false, new ClusterEvent(EventType.Normal, "EvictionRefused", $"{name.Name} is not replaced: {Because}")) { Attempts = Attempt(what, Because) };
        }

        // It may be gone already, or be another one by now: then nothing was refused.
        return refusal is null || !await fence.IsThereAsync(name, step.Uid, cancellationToken)
            ? new StepResult(false, null) { Attempts = Attempt(what, null) }
            : new StepResult(false, new ClusterEvent(EventType.Warning, "EvictionRefused", $"{name.Name} is not replaced: {refusal}")) { Attempts = Attempt(what, refusal) };
    }

    private static ImmutableDictionary<string, string?> Attempt(string what, string? because) => ImmutableDictionary<string, string?>.Empty.Add(what, because);

    private async Task<StepResult> ReplaceSetAsync(ClusterFacts facts, ClusterStep.ReplaceSet step, CancellationToken cancellationToken)
    {
        var options = new DeleteOptions { Uid = step.Uid, PropagationPolicy = "Orphan" };
        var refusal = await ApiFailures.RefusalAsync(() => client.DeleteAsync(BuiltInKinds.StatefulSet, NamespacedName.Of(facts.Cluster), options, cancellationToken));
        return new StepResult(false, refusal is null
            ? new ClusterEvent(EventType.Normal, "StatefulSetReplaced", $"the StatefulSet is made anew around its pods: {step.Because}")
            : new ClusterEvent(EventType.Warning, "StatefulSetNotReplaced", $"the StatefulSet cannot be made anew, {step.Because}: {refusal}"))
        {
            Attempts = Attempt(Refusals.OfSet(step.Uid), refusal),
        };
    }

    /// <summary>A volume that cannot grow (it was bound by hand, or a quota is used up) holds up no other.</summary>
    private async Task<StepResult> ResizeAsync(ClusterFacts facts, ImmutableArray<string> claims, Quantity size, string because, string otherwise, CancellationToken cancellationToken)
    {
        var attempts = ImmutableDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        var refusals = new List<string>();
        foreach (var claim in facts.Claims.Where(claim => claims.Contains(claim.Metadata.Name ?? "")))
        {
            var patch = new JsonObject
            {
                ["spec"] = new JsonObject { ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = size.Text } } },
            };
            var refusal = await ApiFailures.RefusalAsync(() => client.MergePatchAsync(BuiltInKinds.PersistentVolumeClaim, NamespacedName.Of(claim), patch, null, cancellationToken));
            attempts[Refusals.OfClaim(claim, size)] = refusal;
            if (refusal is not null)
                refusals.Add($"{claim.Metadata.Name}: {refusal}");
        }

        return new StepResult(false, refusals.Count < attempts.Count ? new ClusterEvent(EventType.Normal, "ResizingStorage", because) : null)
        {
            Warning = refusals.Count == 0 ? null : new ClusterEvent(EventType.Warning, "ResizeRefused", $"{otherwise} {size}: {string.Join("; ", refusals)}"),
            Attempts = attempts.ToImmutable(),
        };
    }

    private async Task<StepResult> SetVariablesAsync(ClusterFacts facts, ClusterStep.SetVariables step, Administrator administrator, CancellationToken cancellationToken)
    {
        var attempts = ImmutableDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        var learned = ImmutableDictionary.CreateBuilder<int, RunningVariables>();
        var refusals = new List<string>();
        foreach (var changes in step.Changes.GroupBy(change => change.Ordinal))
        {
            if (facts.Find(changes.Key) is not { } member || Endpoint(facts, changes.Key, administrator) is not { } endpoint)
                continue;
            var values = changes.ToDictionary(change => change.Variable, change => change.Value);
            var result = await commands.SetVariablesAsync(endpoint, member.Probe.Role != DoltRole.None, values, cancellationToken);
            if (result.Now is { } now)
                learned[member.Ordinal] = now;
            foreach (var (variable, value) in values)
            {
                var refusal = result.Refused.GetValueOrDefault(variable);
                attempts[Refusals.OfVariable(member.Pod, variable, value)] = refusal;
                if (refusal is not null)
                    refusals.Add($"{member.PodName}: {refusal}");
            }
        }

        return new StepResult(LooksAgainNow: true, refusals.Count < attempts.Count ? new ClusterEvent(EventType.Normal, "Configured", step.Because) : null)
        {
            Warning = refusals.Count == 0 ? null : new ClusterEvent(EventType.Warning, "ConfigurationFailed", string.Join("; ", refusals)),
            Attempts = attempts.ToImmutable(),
            Learned = learned.ToImmutable(),
        };
    }

    /// <summary>Gives the administrator's account what its Secret says. Connections stay; the standbys hear of it from the primary.</summary>
    private async Task<StepResult> RotateAsync(ClusterFacts facts, ClusterStep.RotateCredentials step, Administrator administrator, CancellationToken cancellationToken)
    {
        if (administrator.Wanted is not { } wanted || Endpoint(facts, step.Primary, administrator) is not { } endpoint)
            return new StepResult(false, null);
        var failure = await commands.SetAdministratorAsync(endpoint, wanted.User, wanted.Password, cancellationToken);
        return failure is null
            ? new StepResult(true, new ClusterEvent(EventType.Normal, "CredentialsRotated", step.Because)) { IsRotated = true, ReadsContentNow = true, Attempts = Attempt(Refusals.Rotation, null) }
            : new StepResult(false, new ClusterEvent(EventType.Warning, "RotationFailed", $"{step.Because}: {failure}")) { Attempts = Attempt(Refusals.Rotation, failure) };
    }

    private async Task<StepResult> HealAsync(ClusterFacts facts, ClusterStep.Heal step, Administrator administrator, CancellationToken cancellationToken)
    {
        if (Endpoint(facts, step.Primary, administrator) is not { } endpoint)
            return new StepResult(false, null);
        var (isSent, failure) = await commands.HealAsync(endpoint, step.Databases, step.Accounts, ClusterNames.Pod(facts.Name, step.Standby), cancellationToken);
        if (failure is not null)
            return new StepResult(false, new ClusterEvent(EventType.Warning, "ResynchronizationFailed", $"{step.Because}: {failure}"));
        return new StepResult(false, isSent ? new ClusterEvent(EventType.Normal, "StandbyResynchronized", $"{step.Because}: it is sent again") : null) { IsResent = isSent };
    }
}
