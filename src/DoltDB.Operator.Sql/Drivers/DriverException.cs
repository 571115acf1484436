namespace DoltDB.Operator.Sql.Drivers;

/// <summary>Why a driver could not do what it was asked for.</summary>
public enum DriverError
{
    /// <summary>The server cannot be reached, or did not answer in time: look again.</summary>
    Unreachable,

    /// <summary>The server refused the administrator's login.</summary>
    AccessDenied,

    /// <summary>The engine has no such thing. Nothing was changed.</summary>
    Unsupported,

    /// <summary>What was asked for can never be done: a name or a value that the engine does not take. Nothing was changed.</summary>
    Invalid,

    /// <summary>What the request stands on is not there, such as the account of a grant: look again.</summary>
    Missing,

    /// <summary>The server refused the statement.</summary>
    Refused,

    /// <summary>Somebody is in the way, such as one who holds a lock, another caller on our own connection, or one who made the server read-only: look again.</summary>
    Busy,
}

/// <summary>A driver could not do what it was asked for.</summary>
public sealed class DriverException : Exception
{
    /// <summary>Creates the exception. The message must hold no secret: no statement, no password.</summary>
    public DriverException(DriverError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>Why.</summary>
    public DriverError Error { get; }
}
