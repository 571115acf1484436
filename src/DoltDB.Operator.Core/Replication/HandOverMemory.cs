namespace DoltDB.Operator.Core.Replication;

/// <summary>
/// Why the last hand-over failed, and how long nobody tries again: each attempt may make the primary refuse writes for ten seconds. Can be lost.
/// </summary>
internal sealed class HandOverMemory
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private string? failure;
    private DateTimeOffset until;
    private TimeSpan pause;

    /// <summary>Why there is no other attempt yet; null when there may be one.</summary>
    public string? Resting(DateTimeOffset now) => now < until ? failure : null;

    /// <summary>Remembers how a hand-over ended; <paramref name="because"/> is null when the role moved.</summary>
    public void Ended(string? because, DateTimeOffset now)
    {
        failure = because;
        pause = because is null ? TimeSpan.Zero : pause == TimeSpan.Zero ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
        until = now + pause;
    }
}
