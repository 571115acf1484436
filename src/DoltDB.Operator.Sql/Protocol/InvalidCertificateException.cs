namespace DoltDB.Operator.Sql.Protocol;

/// <summary>A certificate or key that was given is none. The message says which and repeats nothing of it.</summary>
internal sealed class InvalidCertificateException(string message, Exception? inner = null) : Exception(message, inner);
