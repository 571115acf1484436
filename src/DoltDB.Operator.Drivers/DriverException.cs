namespace DoltDB.Operator.Drivers;

/// <summary>Why an operation failed. It decides when the operator tries again, and whether the pod is started again before that.</summary>
public enum DriverError
{
    /// <summary>Something else. Tried again.</summary>
    Unknown,

    /// <summary>The server cannot be reached, or did not answer in time. Tried again.</summary>
    Unreachable,

    /// <summary>The server refused the administrator's login. The pod is not started again; the operator tries again with what the Secret then says.</summary>
    AccessDenied,

    /// <summary>The driver or the engine has no such thing. Nothing was changed. Tried again rarely.</summary>
    Unsupported,

    /// <summary>A name or a value that can never be taken. Nothing was changed. Tried again rarely.</summary>
    Invalid,

    /// <summary>The server refused what was asked of it. Tried again.</summary>
    Refused,
}

/// <summary>An operation failed for a reason that the driver can name.</summary>
public sealed class DriverException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">Why.</param>
    /// <param name="message">In words, for the person who wrote the manifest; without a secret.</param>
    /// <param name="inner">What happened below; it is logged, not reported.</param>
    public DriverException(DriverError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>Why.</summary>
    public DriverError Error { get; }
}
