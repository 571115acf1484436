namespace DoltDB.Operator.Drivers;

/// <summary>What a driver did.</summary>
/// <param name="Message">In words, for people: "created", "was there already".</param>
public record DriverResult(string Message)
{
    /// <summary>Version of the server; null when it does not tell.</summary>
    public string? Version { get; init; }
}

/// <summary>A backup that was made.</summary>
/// <param name="Message">In words, for people.</param>
/// <param name="Location">Where it lies, such that somebody can fetch it: a URL, a path.</param>
public sealed record BackupResult(string Message, string Location) : DriverResult(Message)
{
    /// <summary>Size in bytes; null when unknown.</summary>
    public long? Bytes { get; init; }

    /// <summary>SHA-256 of the backup, hexadecimal; null when unknown.</summary>
    public string? Sha256 { get; init; }
}
