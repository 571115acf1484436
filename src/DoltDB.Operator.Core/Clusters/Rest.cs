namespace DoltDB.Operator.Core.Clusters;

/// <summary>A pause after something that was in vain: the next one is twice as long when it begins soon after. Can be lost.</summary>
internal sealed class Rest(TimeSpan first, TimeSpan longest)
{
    private DateTimeOffset began;
    private TimeSpan length;

    /// <summary>How long the last pause is.</summary>
    public TimeSpan Length => length;

    /// <summary>Whether it lasts.</summary>
    public bool Lasts(DateTimeOffset now) => now < began + length;

    /// <summary>Begins a pause.</summary>
    public void Begin(DateTimeOffset now)
    {
        var doubled = now - began < length * 2 ? length * 2 : first;
        (began, length) = (now, doubled < longest ? doubled : longest);
    }

    /// <summary>It was not in vain this time.</summary>
    public void End() => length = TimeSpan.Zero;
}
