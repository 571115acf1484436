using System.Collections.Immutable;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>What a primary says of one standby, over all databases. It proves nothing: a standby that lost its volume has no lag.</summary>
/// <param name="Lag">The longest lag; null for one that was never reached.</param>
/// <param name="Error">The first error; null without one.</param>
/// <param name="Databases">The databases that are replicated to it.</param>
internal sealed record ReplicationLag(TimeSpan? Lag, string? Error, ImmutableHashSet<string> Databases)
{
    /// <summary>The rows of <c>dolt_cluster_status</c> by standby.</summary>
    public static ImmutableDictionary<string, ReplicationLag> Of(IReadOnlyList<DoltReplicationStatus> rows) => rows
        .GroupBy(row => row.StandbyRemote, StringComparer.Ordinal)
        .ToImmutableDictionary(
            group => group.Key,
            group => new ReplicationLag(
                group.Any(row => row.ReplicationLagMillis is null) ? null : TimeSpan.FromMilliseconds(group.Max(row => row.ReplicationLagMillis!.Value)),
                group.Select(row => row.CurrentError).FirstOrDefault(error => error is not null),
                [.. group.Select(row => row.Database)]),
            StringComparer.Ordinal);
}
