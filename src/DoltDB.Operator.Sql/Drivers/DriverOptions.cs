namespace DoltDB.Operator.Sql.Drivers;

/// <summary>Deadlines of the built-in drivers.</summary>
public sealed record DriverOptions
{
    /// <summary>For connecting and logging in.</summary>
    public TimeSpan ConnectDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For the wait for a connection that other callers use: longer than one of their statements may take.</summary>
    public TimeSpan TurnDeadline { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For each statement but those that create, change or drop a database.</summary>
    public TimeSpan StatementDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a statement that creates, changes or drops a database. It has a connection of its own.</summary>
    public TimeSpan DatabaseDeadline { get; init; } = TimeSpan.FromSeconds(60);
}
