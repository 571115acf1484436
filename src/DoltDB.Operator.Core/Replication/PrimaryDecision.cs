using DoltDB.Operator.Api;

namespace DoltDB.Operator.Core.Replication;

/// <summary>Which server is the primary, or what it takes to have one. The reason travels with the decision.</summary>
internal abstract record PrimaryDecision
{
    /// <summary>Exactly one server is primary at the highest epoch that any server reported: it is routed.</summary>
    internal sealed record Settled(int Ordinal, long Epoch) : PrimaryDecision;

    /// <summary>Nothing may be done now. <paramref name="Reason"/> is the condition's reason, <paramref name="Because"/> its message.</summary>
    internal sealed record Waiting(string Reason, string Because) : PrimaryDecision
    {
        /// <summary>When to look again without an event; null for the usual interval.</summary>
        public TimeSpan? LookAgain { get; init; }
    }

    /// <summary>No server is primary, and this one may become it: at creation, or because it was the primary and is not any more.</summary>
    internal sealed record Promote(int Ordinal, long Epoch, string Reason, string Because) : PrimaryDecision;

    /// <summary>The primary is lost and is replaced.</summary>
    internal sealed record Failover(int From, int To, long Epoch, string Because) : PrimaryDecision;

    /// <summary>A hand-over that was begun goes on, or back.</summary>
    internal sealed record ContinueHandOver(HandOverStatus HandOver) : PrimaryDecision;
}

/// <summary>Reasons of conditions and events about the primary. Names are part of the API.</summary>
internal static class PrimaryReasons
{
    public const string Bootstrap = "Bootstrap";
    public const string PrimaryRepaired = "PrimaryRepaired";
    public const string Failover = "Failover";
    public const string Switchover = "SwitchPrimary";
    public const string PodDeleted = "PrimaryPodDeleted";
    public const string PodStopping = "PrimaryPodStopping";
    public const string RollingUpdate = "RollingUpdate";
    public const string ScaleDown = "ScaleDown";
    public const string WaitingForServers = "WaitingForServers";
    public const string PrimaryUnreachable = "PrimaryUnreachable";
    public const string FailoverRefused = "FailoverRefused";
    public const string PromotionFailed = "PromotionFailed";
    public const string DataDiverged = "DataDiverged";
    public const string EnteringClusterMode = "EnteringClusterMode";
    public const string SwitchoverRefused = "SwitchoverRefused";
}
