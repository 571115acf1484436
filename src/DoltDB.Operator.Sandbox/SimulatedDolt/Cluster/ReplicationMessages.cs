using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;

internal enum ClusterRole
{
    Primary,
    Standby,
    DetectedBrokenConfig,
}

internal static class ClusterRoles
{
    public static string ToSql(this ClusterRole role) => role switch
    {
        ClusterRole.Primary => "primary",
        ClusterRole.Standby => "standby",
        _ => "detected_broken_config",
    };

    public static ClusterRole? Parse(string text) => text switch
    {
        "primary" => ClusterRole.Primary,
        "standby" => ClusterRole.Standby,
        "detected_broken_config" => ClusterRole.DetectedBrokenConfig,
        _ => null,
    };
}

/// <summary>
/// A database on its way to a standby. When the standby holds exactly <see cref="Base"/>, it may store only <see cref="Changes"/>.
/// </summary>
internal sealed record DatabasePush(Database Value, Database? Base, ImmutableArray<DatabaseChange> Changes);

/// <summary>What a primary sends in one go. Without drops, databases and accounts it is a heartbeat.</summary>
internal sealed record ReplicationBatch
{
    public required long Epoch { get; init; }

    /// <summary>Names of the primary's databases: a standby creates the ones that it lacks, empty.</summary>
    public required ImmutableArray<string> Names { get; init; }

    public ImmutableArray<string> Drops { get; init; } = [];

    public ImmutableArray<DatabasePush> Databases { get; init; } = [];

    public AccountSet? Accounts { get; init; }

    public bool IsHeartbeat => Drops.IsEmpty && Databases.IsEmpty && Accounts is null;
}

/// <summary>What a peer answers: whether it took the batch, and its own role and epoch.</summary>
internal readonly record struct ReplicationReply(bool Accepted, ClusterRole Role, long Epoch);

/// <summary>A server as the others reach it through the network.</summary>
internal interface IReplicationPeer
{
    int RemotesApiPort { get; }

    /// <summary>Completes when the process is not frozen.</summary>
    Task Running { get; }

    ReplicationReply Receive(ReplicationBatch batch);
}
