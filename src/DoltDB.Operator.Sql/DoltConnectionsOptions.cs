namespace DoltDB.Operator.Sql;

/// <summary>Bounds of <see cref="DoltConnections"/>.</summary>
public sealed record DoltConnectionsOptions
{
    /// <summary>How many connections may be open; more callers wait.</summary>
    public int MaximumConnections { get; init; } = 4096;

    /// <summary>For how long an unused connection stays open: at least this, at most twice as long.</summary>
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How old a connection may be that is used again, before it is replaced by a new one: open connections outlive a network policy and a
    /// listener that lets nobody in any more, which only a new one tells.
    /// A login takes about seven times the processor time of a question on an open connection (0.4 ms against 0.06 ms) and two lines in the server's log:
    /// at 30 s and one question a second to each of 1000 servers logins add a quarter to that, at 10 s they would nearly double it.
    /// </summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromSeconds(30);
}
