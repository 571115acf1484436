using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Kubectl.Status;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;

namespace DoltDB.Kubectl.Requests;

/// <summary>Which server may be asked to become primary, and how far that is. What the status shows decides; the operator proves it again.</summary>
internal static class SwitchoverRules
{
    /// <summary>The server to hand the primary role to.</summary>
    /// <param name="cluster">The cluster as its status shows it.</param>
    /// <param name="to">Pod name or ordinal; null for the first standby that is caught up.</param>
    /// <param name="force">Ask even for a server that looks unfit.</param>
    /// <exception cref="PluginException">The hand-over would be refused; the message says why.</exception>
    public static MemberStatus Choose(DoltDb cluster, string? to, bool force)
    {
        var name = cluster.Metadata.Name!;
        if (cluster.Spec?.IsReplicated() != true)
            throw new PluginException($"DoltDB '{name}' is not replicated: it has no standby that could become primary");
        if (PauseField.Read(cluster) == true)
            throw new PluginException($"DoltDB '{name}' is paused, so the operator does nothing; first: kubectl doltdb resume {name}");
        var members = cluster.Status?.Members ?? [];
        if (cluster.Status?.CurrentPrimary is not { } primary)
            throw new PluginException($"DoltDB '{name}' has no known primary to take the role from; see: kubectl doltdb status {name}");
        if (cluster.Status.HandOver is { } handOver && !force)
            throw new PluginException($"a hand-over to {PodOf(name, handOver.To)} is in progress ({handOver.Reason}); wait for it, or ask anyway with --force");
        if (to is null)
            return Best(members, primary) ?? throw new PluginException($"no standby is ready and caught up:\n{Describe(members, primary)}\nname one with --to and --force to ask anyway");

        var target = members.FirstOrDefault(member => member.Name == to || member.Ordinal?.ToString(CultureInfo.InvariantCulture) == to)
            ?? throw new PluginException($"'{to}' is no member of DoltDB '{name}': its members are {string.Join(", ", members.Select(member => member.Name))}");
        if (target.Name == primary)
            throw new PluginException($"{primary} is the primary already");
        if (!force && Unfitness(target) is { } unfitness)
            throw new PluginException($"{target.Name} {unfitness}; wait until it is fit, or ask anyway with --force");
        return target;
    }

    /// <summary>
    /// The request in a spelling that the operator has not acted upon: it does each value once, so that a second hand-over to the same server
    /// is named by its ordinal when the first one was named by its pod.
    /// </summary>
    public static string Spell(DoltDb cluster, MemberStatus target)
    {
        var ordinal = (target.Ordinal ?? 0).ToString(CultureInfo.InvariantCulture);
        return Handled(cluster) == target.Name ? ordinal : target.Name!;
    }

    /// <summary>How far the hand-over is.</summary>
    /// <param name="now">The cluster.</param>
    /// <param name="target">Pod that should become primary.</param>
    /// <param name="request">The value of the request.</param>
    /// <param name="before">The condition before the request: an old refusal is no answer to a new request.</param>
    public static Progress Judge(DoltDb now, string target, string request, Condition? before)
    {
        if (now.Status?.CurrentPrimary == target)
            return new Progress.Done($"{target} is the primary");
        var condition = now.Status?.Conditions.Find(ClusterConditions.PrimarySwitched);
        var isNew = Verdict(condition) != Verdict(before);
        if (condition is { Reason: PrimaryReasons.SwitchoverRefused } && (isNew || Handled(now) == request))
            return new Progress.Refused($"the operator refused: {condition.Message}");
        if (now.Status?.HandOver is { } handOver)
            return new Progress.Pending($"handing the primary over to {PodOf(now.Metadata.Name!, handOver.To)}: {handOver.Step ?? "begun"}");
        if (RequestAnnotations.Read(now, RequestAnnotations.SwitchoverTo) is var asked && asked != request && Handled(now) != request)
            return new Progress.Refused($"the request was replaced by one for '{asked ?? "no one"}'");
        return new Progress.Pending(isNew && condition is { Status: Conditions.False } ? condition.Message : $"waiting for the operator to hand the primary over to {target}");
    }

    /// <summary>The last request that the operator acted upon; null when there was none.</summary>
    private static string? Handled(DoltDb cluster) => cluster.Status?.HandledSwitchoverTo;

    private static (string? Status, string? Reason, string? Message, DateTimeOffset? Since) Verdict(Condition? condition) =>
        (condition?.Status, condition?.Reason, condition?.Message, condition?.LastTransitionTime);

    private static MemberStatus? Best(IReadOnlyList<MemberStatus> members, string primary) =>
        members.Where(member => member.Name != primary && Unfitness(member) is null).MinBy(member => member.Ordinal);

    private static string? Unfitness(MemberStatus member) => member switch
    {
        { Ready: not true } => "is not ready",
        { Reachable: not true } => "does not answer SQL",
        { CaughtUp: not true } => "is not proven to hold what the primary holds (caught up)",
        _ => null,
    };

    private static string Describe(IReadOnlyList<MemberStatus> members, string primary) =>
        string.Join('\n', members.Where(member => member.Name != primary).Select(member => $"  {member.Name} {Unfitness(member)}{(member.Message is { } message ? $": {message}" : "")}"));

    private static string PodOf(string cluster, int? ordinal) => ordinal is { } known ? ClusterNames.Pod(cluster, known) : "another server";
}
