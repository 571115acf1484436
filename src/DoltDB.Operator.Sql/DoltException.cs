namespace DoltDB.Operator.Sql;

/// <summary>An error that a server answered to a statement. <see cref="Code"/> 1105 means nothing: decide by reading the state again.</summary>
public sealed class DoltException : Exception
{
    /// <summary>Creates the exception from an error packet. The message must not repeat the statement.</summary>
    public DoltException(int code, string message)
        : base(message) => Code = code;

    /// <summary>MySQL error code.</summary>
    public int Code { get; }

    /// <summary>Whether the login was refused (1045).</summary>
    public bool IsAccessDenied => Code == 1045;
}
