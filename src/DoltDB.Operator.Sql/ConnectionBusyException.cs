namespace DoltDB.Operator.Sql;

/// <summary>Other callers used the connection until the deadline. That says nothing of the server.</summary>
public sealed class ConnectionBusyException(string message) : TimeoutException(message);
