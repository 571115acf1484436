namespace DoltDB.Operator.Api.Meta;

/// <summary>Times as the API server keeps them.</summary>
public static class Times
{
    /// <summary>The time without its fraction of a second, which <c>metav1.Time</c> does not have: what is written then reads back equal.</summary>
    public static DateTimeOffset WholeSeconds(this DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
