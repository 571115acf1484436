namespace DoltDB.Operator.Sql.Drivers;

/// <summary>Deadlines of the built-in drivers.</summary>
public sealed record DriverOptions
{
    /// <summary>For connecting and logging in, the wait for a connection that another caller uses included.</summary>
    public TimeSpan ConnectDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For each statement but those that create or drop a database.</summary>
    public TimeSpan StatementDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a statement that creates or drops a database.</summary>
    public TimeSpan DatabaseDeadline { get; init; } = TimeSpan.FromSeconds(60);
}
