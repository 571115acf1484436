using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>The conditions of a DoltDB. Types, reasons and the short messages are what existing users match on.</summary>
internal static class ClusterConditions
{
    public const string Ready = "Ready";
    public const string PrimarySwitched = "PrimarySwitched";
    public const string StorageResized = "StorageResized";
    public const string Updated = "Updated";
    public const string SpecAccepted = "SpecAccepted";
    public const string Paused = "Paused";
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>All conditions, in place of those of before.</summary>
    public static IReadOnlyList<Condition> All(PlanDraft draft, ClusterStep? step)
    {
        var now = draft.Facts.Now;
        var generation = draft.Facts.Cluster.Metadata.Generation;
        var conditions = draft.Facts.Status.Conditions;
        foreach (var (type, condition) in new[]
        {
            (Ready, ReadyOf(draft, step)),
            (SpecAccepted, AcceptedOf(draft)),
            (PrimarySwitched, SwitchedOf(draft, step)),
            (StorageResized, ResizedOf(draft)),
            (Updated, UpdatedOf(draft)),
            (Paused, PausedOf(draft)),
        })
        {
            conditions = condition is { } is_
                ? conditions.With(new Condition { Type = type, Status = is_.Status, Reason = is_.Reason, Message = is_.Message, ObservedGeneration = generation }, now)
                : conditions.Without(type);
        }

        return conditions ?? [];
    }

    /// <summary>The state of the cluster in one word.</summary>
    public static string Phase(PlanDraft draft, ClusterStep? step)
    {
        if (draft.Problems.Count > 0)
            return "Invalid";
        if (PauseRules.Of(draft.Facts.Cluster) == Pause.Holding)
            return "Paused";
        if (step is ClusterStep.Failover)
            return "FailingOver";
        if (step is ClusterStep.HandOver)
            return "SwitchingPrimary";
        if (draft.Facts.Status.CurrentPrimaryPodIndex is null && draft.Topology.IsReplicated && draft.Primary is not PrimaryDecision.Settled)
            return draft.Facts.Set is null ? "Pending" : "Creating";
        if (draft.Topology.Waiting is not null || ClusterTopology.Present(draft.Facts) is var present && present != draft.Topology.SetReplicas && present > 0)
            return "Scaling";
        if (draft.Update is { Stale.Length: > 0 } update && (update.Next ?? (object?)update.HandOver ?? update.Waiting) is not null)
            return "Updating";
        if (draft.Storage.IsUnderWay)
            return "Resizing";
        if (ReadyOf(draft, step).Status == Conditions.True)
            return "Running";
        return IsNew(draft) ? "Creating" : "Degraded";
    }

    /// <summary>The problems of a spec in one line.</summary>
    public static string Describe(IReadOnlyList<SpecProblem> problems) =>
        "Invalid spec: " + string.Join("; ", problems.Select(problem => problem.Message));

    private static bool IsNew(PlanDraft draft) => draft.Facts.Status.Conditions.Find(Ready) is not { } ready
        || (ready.Status != Conditions.True && draft.Facts.Status.Phase is null or "Pending" or "Creating");

    private static Verdict ReadyOf(PlanDraft draft, ClusterStep? step)
    {
        if (draft.Problems.Count > 0)
            return new(Conditions.False, InvalidSpec, Describe(draft.Problems));
        if (step is ClusterStep.HandOver handOver)
            return new(Conditions.False, PrimaryReasons.Switchover, $"Switching primary to '{ClusterNames.Pod(draft.Facts.Name, handOver.State.To ?? 0)}'");
        if (step is ClusterStep.Failover failover)
            return new(Conditions.False, PrimaryReasons.Failover, failover.Because);
        if (step is ClusterStep.RemovePod remove && !draft.Facts.Refusals.ContainsKey(Refusals.OfPod(remove.Uid)))
            return new(Conditions.False, "Updating", "Updating");
        if (!draft.Facts.Credentials.IsUsable)
            return new(Conditions.False, "CredentialsInvalid", draft.Facts.Credentials.Problem ?? "the administrator's Secret cannot be used");
        if (draft.Primary is PrimaryDecision.Waiting waiting && draft.Facts.Members.Any(member => member.IsReady))
            return new(Conditions.False, waiting.Reason, waiting.Because);
        if (draft.Facts.Members.FirstOrDefault(member => member.Ordinal < draft.Topology.SetReplicas && !member.IsReady) is { } unready)
            return NotReady(draft, unready);
        if (draft.Facts.Members.Length == 0 || draft.Primary is not (null or PrimaryDecision.Settled))
            return new(Conditions.False, "StatefulSetNotReady", "Not ready");
        if (draft.Facts.Members.FirstOrDefault(member => member.Probe.IsAccessDenied) is { } denied)
            return new(Conditions.False, "AccessDenied", $"{denied.PodName} refuses the administrator's password of Secret {ClusterNames.Credentials(draft.Facts.Name)}");
        if (draft.SettledPrimary is { } primary && primary.RoleLabel != ClusterLabels.Primary)
            return new(Conditions.False, "Routing", $"routing writes to {primary.PodName}");
        if (draft.Facts.Credentials.IsRotationDue && draft.Facts.Refusals.GetValueOrDefault(Refusals.Rotation) is { } refusal)
            return new(Conditions.False, "RotationFailed", $"the servers did not take what Secret {ClusterNames.Credentials(draft.Facts.Name)} says, and keep the credentials of before: {refusal.Because}");
        return draft.Update is { Stale.Length: > 0 } update && update.Next is null && update.HandOver is null && update.Waiting is null
            ? new(Conditions.True, "PendingUpdate", "Pending update")
            : new(Conditions.True, "StatefulSetReady", "Running");
    }

    private static Verdict NotReady(PlanDraft draft, Member unready)
    {
        if (draft.Update is { Stale.Length: > 0 } or { Waiting: not null })
            return new(Conditions.False, "Updating", "Updating");
        var problem = unready.Pod is { } pod ? PodProblems.Describe(pod, draft.Facts.Now) : PodProblems.Missing(draft.Facts.Set);
        return new(Conditions.False, "StatefulSetNotReady", problem is null ? "Not ready" : $"Not ready: {unready.PodName}: {problem}");
    }

    private static Verdict? AcceptedOf(PlanDraft draft)
    {
        if (draft.Problems.Count > 0)
            return new(Conditions.False, InvalidSpec, string.Join("; ", draft.Problems.Select(problem => $"{problem.FieldPath}: {problem.Message}")));
        if (draft.Storage.Problems.Length > 0)
            return new(Conditions.False, "ChangeRefused", string.Join("; ", draft.Storage.Problems));
        if (draft.Facts.ChildrenRefused is { } refused)
            return new(Conditions.False, "ApplyRefused", refused);
        if (draft.Facts.Refusals.GetValueOrDefault(Refusals.OfSet(draft.Facts.Set?.Metadata.Uid)) is { } refusal)
            return new(Conditions.False, "ApplyRefused", $"StatefulSet {draft.Facts.Name} cannot be made anew: {refusal.Because}");
        if (draft.Facts.Refusals.GetValueOrDefault(Refusals.Confirmation) is { } unkept)
            return new(Conditions.False, "ApplyRefused", $"Secret {ClusterNames.AppliedCredentials(draft.Facts.Name)}, which a change of the password needs, could not be written: {unkept.Because}");
        if (VariableRules.Refused(draft) is { Length: > 0 } fields)
            return new(Conditions.False, "ApplyRefused", fields);
        if (Warnings(draft) is { Count: > 0 } warnings)
            return new(Conditions.True, warnings[0].Reason, string.Join("; ", warnings.Select(warning => warning.Message)));
        return new(Conditions.True, "Accepted", draft.Topology.Waiting ?? "the spec is in effect");
    }

    private static List<SpecWarning> Warnings(PlanDraft draft)
    {
        List<SpecWarning> warnings = [.. ClusterSpecRules.Warnings(draft.Facts.Cluster.Spec ?? draft.Facts.Spec)];
        if (draft.Storage is { Staying.Length: > 0 } storage)
            warnings.Add(new("VolumesKeepSize", $"spec.storage.resizeInUseVolumes is false: only new volumes have {storage.Size}, {string.Join(", ", storage.Staying)} stay as they are"));
        return warnings;
    }

    private static Verdict? SwitchedOf(PlanDraft draft, ClusterStep? step)
    {
        if (step is ClusterStep.HandOver handOver)
            return new(Conditions.False, PrimaryReasons.Switchover, $"Switching primary to '{ClusterNames.Pod(draft.Facts.Name, handOver.State.To ?? 0)}'");
        if (step is ClusterStep.Failover failover)
            return new(Conditions.False, PrimaryReasons.Failover, failover.Because);
        if (draft.Intent is { Refusal: { } refusal } intent)
            return new(Conditions.False, PrimaryReasons.SwitchoverRefused, $"{intent.Because}, which is not possible now: {refusal}");
        var before = draft.Facts.Status.Conditions.Find(PrimarySwitched);
        if (before is null || draft.Primary is not PrimaryDecision.Settled)
            return before is null ? null : new(before.Status, before.Reason, before.Message);
        return new(Conditions.True, PrimaryReasons.Switchover, "Switchover complete");
    }

    private static Verdict? PausedOf(PlanDraft draft) => PauseRules.Of(draft.Facts.Cluster) == Pause.Holding
        ? new(Conditions.True, Paused, "spec.paused is true: the cluster is observed and nothing is changed, not even after the loss of the primary")
        : null;

    private static Verdict? ResizedOf(PlanDraft draft)
    {
        var storage = draft.Storage;
        if (storage.CannotExpand)
            return new(Conditions.False, "ExpansionNotSupported", $"the StorageClass does not allow volumes to grow: {string.Join(", ", storage.ToGrow)} stay as they are");
        if (storage.Refused.Count > 0)
            return new(Conditions.False, "ResizeRefused", $"cannot grow to {storage.Wanted}: {Each(storage.Refused)}");
        if (storage.NotTakenBack.Count > 0)
            return new(Conditions.False, "ResizeRefused", $"cannot go back to {storage.Wanted}: {Each(storage.NotTakenBack)}");
        if (storage.ToGrow.Length > 0 || storage.ToTakeBack.Length > 0)
            return new(Conditions.False, "ResizingStorage", "Resizing storage");
        if (storage.Waiting.Length > 0)
            return new(Conditions.False, "WaitStorageResize", $"Waiting for storage resize: {string.Join(", ", storage.Waiting)}");
        return storage.Staying.Length > 0 || draft.Facts.Status.Conditions.Find(StorageResized) is null ? null : new(Conditions.True, StorageResized, "Storage resized");
    }

    private static string Each(IReadOnlyDictionary<string, string> refusals) => string.Join("; ", refusals.Select(claim => $"{claim.Key}: {claim.Value}"));

    private static Verdict? UpdatedOf(PlanDraft draft)
    {
        if (draft.Update is not { Stale.Length: > 0 } update)
            return draft.Facts.Set is null ? null : new(Conditions.True, Updated, "Updated");
        if (update.IsStalled)
            return new(Conditions.False, "UpgradeStalled", $"the rolling update waits: {update.Waiting}; {Pods(draft, update)} are not of the wanted template");
        return update.Next is null && update.HandOver is null && update.Waiting is null
            ? new(Conditions.False, "PendingUpdate", $"Pending update: {Pods(draft, update)}")
            : new(Conditions.False, "Updating", update.Waiting is null ? "Updating" : $"Updating: {update.Waiting}");
    }

    private static string Pods(PlanDraft draft, UpdateState update) => string.Join(", ", update.Stale.Select(ordinal => ClusterNames.Pod(draft.Facts.Name, ordinal)));

    private readonly record struct Verdict(string Status, string Reason, string Message);
}
