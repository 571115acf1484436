using System.Globalization;
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
        if (cluster.Spec.Paused == true)
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

    /// <summary>The request: the pod, and when it was asked for, which tells it from an equal one that the operator followed before.</summary>
    public static string Request(MemberStatus target, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{target.Name}@{now.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");

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
        if (isNew && condition is { Reason: PrimaryReasons.SwitchoverRefused })
            return new Progress.Refused($"the operator refused: {condition.Message}");
        if (now.Status?.HandOver is { } handOver)
            return new Progress.Pending($"handing the primary over to {PodOf(now.Metadata.Name!, handOver.To)}");
        if (RequestAnnotations.Read(now, ClusterLabels.SwitchoverAnnotation) is var asked && asked != request)
            return new Progress.Refused(asked is null ? "the request was taken back" : $"the request was replaced by another one: {asked}");
        return new Progress.Pending(condition is { Status: Conditions.False }
            ? $"waiting for the operator: {condition.Message}"
            : $"waiting for the operator to hand the primary over to {target}");
    }

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
