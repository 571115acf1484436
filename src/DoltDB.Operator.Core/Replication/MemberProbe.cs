using System.Collections.Immutable;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>What one server answered over SQL, and since when it does not.</summary>
internal sealed record MemberProbe
{
    /// <summary>One lost packet is no absence: so many probes in a row must have failed.</summary>
    public const int ConfirmingFailures = 2;

    /// <summary>Nobody asked yet: neither reachable nor known to be away.</summary>
    public static readonly MemberProbe Unknown = new();

    /// <summary>Whether the last probe was answered.</summary>
    public bool IsReachable { get; init; }

    /// <summary>The first failure after the last answer; null while the server answers and before the first probe.</summary>
    public DateTimeOffset? AwaySince { get; init; }

    /// <summary>Since when the server has answered, but for a single probe; null when nobody asked before.</summary>
    public DateTimeOffset? AnsweringSince { get; init; }

    /// <summary>Probes in a row that failed.</summary>
    public int Failures { get; init; }

    /// <summary>What a primary last said of the replication to each standby, by the name of its remote; null when it was not asked.</summary>
    public ImmutableDictionary<string, ReplicationLag>? Replication { get; init; }

    /// <summary>What it was last seen to have of the variables that are set without a restart; null when nobody read them.</summary>
    public RunningVariables? Variables { get; init; }

    /// <summary>Why the last probe failed, without secrets; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the server refused the administrator's password.</summary>
    public bool IsAccessDenied { get; init; }

    /// <summary>
    /// Whether the server is there and let no new client in when that was last tried: it may have as many as it may have. One that is reachable answers on the
    /// connection that the operator has; one that is not closes every new one.
    /// </summary>
    public bool LetsNobodyIn { get; init; }

    /// <summary>
    /// Since when, but for silence in between, the server closes every new connection before it greets; null since it answered. A full one does that, and so does a
    /// proxy beside a server that is dead.
    /// </summary>
    public DateTimeOffset? ClosesSince { get; init; }

    /// <summary>Whether the server cannot be asked and is there, by all that can be told.</summary>
    public bool IsThereUnasked => IsAccessDenied || (LetsNobodyIn && !IsReachable);

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

    /// <summary>What this ordinal was last seen to hold, also by an incarnation before; null when nobody read it. Of a primary that is lost this is the last that is known.</summary>
    public ContentProof? LastContent { get; init; }
}

/// <summary>What a server held at one time.</summary>
/// <param name="Time">When it was read.</param>
/// <param name="Since">Since when every reading gave the same.</param>
/// <param name="Databases">Hash of each database by name.</param>
/// <param name="Accounts">Hash over accounts and grants.</param>
internal sealed record ContentProof(DateTimeOffset Time, DateTimeOffset Since, ImmutableSortedDictionary<string, string> Databases, string Accounts)
{
    /// <summary>
    /// Databases that changed more than once while this incarnation of the server was a standby at one epoch. Dolt replicates by pushing all of a database: one
    /// that goes on changing holds everything up to that push. Under writes that never pause this is the only proof that there is. A single change may be that
    /// it was made anew, empty.
    /// </summary>
    public ImmutableHashSet<string> Moved { get; init; } = [];

    /// <summary>Databases that changed at least once in that time.</summary>
    public ImmutableHashSet<string> MovedOnce { get; init; } = [];

    /// <summary>Since when every reading of a database gave the same, for those that rested longer than all together.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> RestsSince { get; init; } = ImmutableSortedDictionary<string, DateTimeOffset>.Empty;

    /// <summary>Since when every reading gave the same accounts, whatever became of the rows.</summary>
    public DateTimeOffset AccountsSince { get; init; } = Since;

    /// <summary>When readings of this incarnation differed from the one before; the last few.</summary>
    public ImmutableArray<DateTimeOffset> Moves { get; init; } = [];

    /// <summary>How many moves are remembered.</summary>
    public const int MostMoves = 3;

    /// <summary>For how long two servers may hold different rows of a database that nobody writes to: replication takes less.</summary>
    private static readonly TimeSpan LongestFlight = TimeSpan.FromSeconds(3);

    /// <summary>The same of a server that has another role or epoch by now: what moved before says nothing of that.</summary>
    public ContentProof WithoutMoves() => MovedOnce.IsEmpty && Moves.IsEmpty ? this : this with { Moved = [], MovedOnce = [], Moves = [] };

    /// <summary>
    /// Whether the standby held all that <paramref name="primary"/> holds, up to writes that are on their way. What differs and rests here does not follow any more,
    /// whatever it did before.
    /// </summary>
    public bool HoldsOrFollows(ContentProof primary) =>
        Accounts == primary.Accounts && Databases.DifferFrom(primary.Databases).All(database => Moved.Contains(database) && !Rests(database));

    /// <summary>
    /// Databases of this primary that the standby lacks or holds with other rows although neither of the two changes: it will not get by itself what it lacks.
    /// What else goes on in other databases says nothing of these.
    /// </summary>
    public IEnumerable<string> DatabasesThatStayDifferent(ContentProof standby) =>
        standby.Databases.DifferFrom(Databases).Where(database => Rests(database) && standby.Rests(database));

    /// <summary>Whether all that the server holds is as it was for longer than replication takes.</summary>
    public bool Rests() => Time - Since >= LongestFlight;

    /// <summary>Whether accounts and grants are as they were for longer than replication takes.</summary>
    public bool AccountsRest() => Time - AccountsSince >= LongestFlight;

    private bool Rests(string database) => Time - RestsSince.GetValueOrDefault(database, Since) >= LongestFlight;

    /// <summary>
    /// Whether this holds all that <paramref name="primary"/> holds. A database that only this has (a primary that was lost left it) takes nothing from that.
    /// </summary>
    public bool HoldsAllOf(ContentProof primary) => Accounts == primary.Accounts && Databases.HoldAll(primary.Databases);

    /// <summary>Whether both hold the same rows and accounts.</summary>
    public bool IsSameAs(ContentProof other) => Databases.Count == other.Databases.Count && HoldsAllOf(other);
}
