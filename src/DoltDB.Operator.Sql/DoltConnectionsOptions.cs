namespace DoltDB.Operator.Sql;

/// <summary>Bounds of <see cref="DoltConnections"/>.</summary>
public sealed record DoltConnectionsOptions
{
    /// <summary>How many connections may be open; more callers wait.</summary>
    public int MaximumConnections { get; init; } = 4096;

    /// <summary>For how long an unused connection stays open: at least this, at most twice as long.</summary>
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromMinutes(1);
}
