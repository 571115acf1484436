using System.Collections.Immutable;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>What one server answered over SQL, and since when it does not.</summary>
internal sealed record MemberProbe
{
    /// <summary>Nobody asked yet: neither reachable nor known to be away.</summary>
    public static readonly MemberProbe Unknown = new();

    /// <summary>Whether the last probe was answered.</summary>
    public bool IsReachable { get; init; }

    /// <summary>The first failure after the last answer; null while the server answers and before the first probe.</summary>
    public DateTimeOffset? AwaySince { get; init; }

    /// <summary>Probes in a row that failed.</summary>
    public int Failures { get; init; }

    /// <summary>What a primary last said of the replication to each standby, by the name of its remote; null when it was not asked.</summary>
    public ImmutableDictionary<string, ReplicationLag>? Replication { get; init; }

    /// <summary>Seconds that a write waits for the standbys, read with the content; null when it was not.</summary>
    public int? AckWritesTimeout { get; init; }

    /// <summary>Why the last probe failed, without secrets; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the server refused the administrator's password.</summary>
    public bool IsAccessDenied { get; init; }

    /// <summary>Role that the server reports.</summary>
    public DoltRole Role { get; init; }

    /// <summary>Epoch of the role.</summary>
    public long Epoch { get; init; }

    /// <summary>Version of the engine; null until it was read.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>Why there is no <see cref="Content"/> although the server answers, without secrets; null when there is, or was not asked for.</summary>
    public string? ContentError { get; init; }

    /// <summary>The last proof of what the server holds; null when there is none of this process of the server.</summary>
    public ContentProof? Content { get; init; }
}

/// <summary>What a server held at one time.</summary>
/// <param name="Time">When it was read.</param>
/// <param name="Since">Since when every reading gave the same.</param>
/// <param name="Databases">Hash of each database by name.</param>
/// <param name="Accounts">Hash over accounts and grants.</param>
internal sealed record ContentProof(DateTimeOffset Time, DateTimeOffset Since, ImmutableSortedDictionary<string, string> Databases, string Accounts)
{
    /// <summary>
    /// Databases whose rows changed while this incarnation of the server was a standby at one epoch. Dolt replicates by pushing all of a database: one
    /// that changed holds everything up to that push. Under writes that never pause this is the only proof that there is.
    /// </summary>
    public ImmutableHashSet<string> Moved { get; init; } = [];

    /// <summary>When readings of this incarnation differed from the one before; the last few.</summary>
    public ImmutableArray<DateTimeOffset> Moves { get; init; } = [];

    /// <summary>How many moves are remembered.</summary>
    public const int MostMoves = 3;

    /// <summary>The same of a server that has another role or epoch by now: what moved before says nothing of that.</summary>
    public ContentProof WithoutMoves() => Moved.IsEmpty && Moves.IsEmpty ? this : this with { Moved = [], Moves = [] };

    /// <summary>Whether the standby held all that <paramref name="primary"/> holds, up to writes that are on their way.</summary>
    public bool HoldsOrFollows(ContentProof primary) =>
        Accounts == primary.Accounts && primary.DifferentDatabases(this).All(Moved.Contains);

    /// <summary>
    /// Whether this holds all that <paramref name="primary"/> holds. A database that only this has (a primary that was lost left it) takes nothing from that.
    /// </summary>
    public bool HoldsAllOf(ContentProof primary) => Accounts == primary.Accounts && !primary.DifferentDatabases(this).Any();

    /// <summary>Whether both hold the same rows and accounts.</summary>
    public bool IsSameAs(ContentProof other) => Databases.Count == other.Databases.Count && HoldsAllOf(other);

    /// <summary>Databases of this that the other lacks or holds with other rows.</summary>
    public IEnumerable<string> DifferentDatabases(ContentProof other) =>
        Databases.Where(pair => !other.Databases.TryGetValue(pair.Key, out var hash) || hash != pair.Value).Select(pair => pair.Key);
}
