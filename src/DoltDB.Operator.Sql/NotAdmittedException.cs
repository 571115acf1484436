namespace DoltDB.Operator.Sql;

/// <summary>
/// The server closed the connection before it greeted: it has as many clients as it may have, and as many that wait. It is there: neither one that stands still
/// nor one that is gone closes what it took.
/// </summary>
public sealed class NotAdmittedException(string message, Exception? inner = null) : IOException(message, inner);
