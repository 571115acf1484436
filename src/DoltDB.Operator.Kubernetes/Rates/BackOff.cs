namespace DoltDB.Operator.Kubernetes.Rates;

/// <summary>Exponential back-off with jitter, as pure arithmetic.</summary>
internal static class BackOff
{
    /// <summary>
    /// The delay after <paramref name="failures"/> failures (0 for the first): <paramref name="first"/> doubled each time, at most
    /// <paramref name="longest"/>, shortened by up to a fifth by <paramref name="random"/> (0 to 1) so that many keys that fail together spread.
    /// </summary>
    public static TimeSpan Delay(int failures, TimeSpan first, TimeSpan longest, double random)
    {
        var doubled = first.TotalMilliseconds * Math.Pow(2, Math.Clamp(failures, 0, 60));
        return TimeSpan.FromMilliseconds(Math.Min(doubled, longest.TotalMilliseconds) * (1 - (0.2 * random)));
    }
}
