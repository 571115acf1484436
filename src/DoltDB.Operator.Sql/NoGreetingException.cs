namespace DoltDB.Operator.Sql;

/// <summary>The server took the connection and did not log the client in in time: it stands still, or it has as many clients as it may have and lets others wait.</summary>
public sealed class NoGreetingException(string message, Exception? inner = null) : TimeoutException(message, inner);
