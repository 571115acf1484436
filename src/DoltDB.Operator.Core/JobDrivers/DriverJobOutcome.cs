namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>Why a driver failed, as far as it says.</summary>
internal enum DriverFailure
{
    /// <summary>It does not say, or it crashed, or its pod could not run.</summary>
    Unknown,

    /// <summary>The server cannot be reached.</summary>
    Unreachable,

    /// <summary>The server refused the administrator's login.</summary>
    AccessDenied,

    /// <summary>The driver or the engine cannot do that.</summary>
    Unsupported,

    /// <summary>What was asked for can never be done: a name or a value that the engine does not take.</summary>
    Invalid,

    /// <summary>The server refused it.</summary>
    Refused,
}

/// <summary>What a driver reports when it ends well.</summary>
/// <param name="Message">What it did, in words; may be null.</param>
/// <param name="Version">Version of the server; may be null.</param>
/// <param name="Location">Where a backup lies; null for other operations.</param>
/// <param name="Bytes">Size of the backup.</param>
/// <param name="Sha256">Checksum of the backup, hexadecimal.</param>
internal sealed record DriverResult(string? Message, string? Version, string? Location, long? Bytes, string? Sha256);

/// <summary>How an operation stands.</summary>
internal abstract record DriverJobOutcome
{
    private DriverJobOutcome()
    {
    }

    /// <summary>The Job is at work.</summary>
    /// <param name="Message">What it waits for or does; for a condition.</param>
    /// <param name="LookAgain">When to look again at the latest; changes of the Job come by themselves.</param>
    internal sealed record Running(string Message, TimeSpan LookAgain) : DriverJobOutcome;

    /// <summary>The operation is done. Write down what was applied, then call <see cref="JobDriverRunner.CompleteAsync"/>.</summary>
    internal sealed record Succeeded(DriverResult Result) : DriverJobOutcome;

    /// <summary>The last attempt failed; the next is made by the first call after <paramref name="RetryAfter"/>.</summary>
    /// <param name="Failure">Why.</param>
    /// <param name="Message">Why, in words without a secret; for a condition.</param>
    /// <param name="RetryAfter">How long until the next attempt.</param>
    internal sealed record Failed(DriverFailure Failure, string Message, TimeSpan RetryAfter) : DriverJobOutcome;
}
