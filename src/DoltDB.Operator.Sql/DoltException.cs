namespace DoltDB.Operator.Sql;

/// <summary>An error that a server answered to a statement. <see cref="Code"/> 1105 means nothing: decide by reading the state again.</summary>
public sealed class DoltException : Exception
{
    /// <summary>Creates the exception from an error packet. The message must not repeat the statement.</summary>
    public DoltException(int code, string message)
        : base(message) => Code = code;

    /// <summary>MySQL error code.</summary>
    public int Code { get; }

    /// <summary>
    /// Whether the server has too many clients (1040). Dolt up to 2.2 answers nothing instead: <see cref="NoGreetingException"/>, <see cref="NotAdmittedException"/>.
    /// </summary>
    public bool IsTooManyConnections => Code == 1040;

    /// <summary>Whether the login was refused (1045).</summary>
    public bool IsAccessDenied => Code == 1045;
}
