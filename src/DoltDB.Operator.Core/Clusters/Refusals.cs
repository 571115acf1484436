using System.Collections.Immutable;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>What stood in the way of a step.</summary>
/// <param name="Because">In the words of the server that refused.</param>
/// <param name="Since">Since when every attempt failed.</param>
/// <param name="Rests">Whether it is too early for another attempt, so that less urgent steps go on.</param>
internal sealed record Refusal(string Because, DateTimeOffset Since, bool Rests);

/// <summary>
/// Steps that were refused, and may be for ever: each rests for longer and longer, so that what is less urgent goes on and nobody is asked the same every
/// second. What is refused is named by its present state: when that changes, it is another matter. Can be lost.
/// </summary>
internal sealed class Refusals
{
    /// <summary>The password that the servers are to be given.</summary>
    public const string Rotation = "rotation";

    /// <summary>The credentials that are kept because servers took them.</summary>
    public const string Confirmation = "confirmation";

    private const string Variable = "variable/";

    /// <summary>For how long after its rest a refusal counts as the same when it comes again.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>The promotion of the server in a pod.</summary>
    public static string OfPromotion(string? uid) => $"promotion/{uid}";

    /// <summary>The removal of a pod.</summary>
    public static string OfPod(string? uid) => $"pod/{uid}";

    /// <summary>The replacement of a StatefulSet.</summary>
    public static string OfSet(string? uid) => $"set/{uid}";

    /// <summary>Another size of a claim as it is now.</summary>
    public static string OfClaim(PersistentVolumeClaim claim, object size) => $"claim/{claim.Metadata.Name}/{claim.Metadata.Uid}/{claim.Metadata.ResourceVersion}/{size}";

    /// <summary>A value of a variable, given to the server of a pod.</summary>
    public static string OfVariable(Pod? pod, DoltVariable variable, string value) => $"{Variable}{pod?.Metadata.Uid}/{variable}/{value}";

    /// <summary>All that is remembered at that time.</summary>
    public ImmutableDictionary<string, Refusal> At(DateTimeOffset now)
    {
        if (entries.Count == 0)
            return ImmutableDictionary<string, Refusal>.Empty;
        foreach (var old in entries.Where(entry => entry.Value.IsForgotten(now)).Select(entry => entry.Key).ToList())
            entries.Remove(old);
        return entries.ToImmutableDictionary(entry => entry.Key, entry => new Refusal(entry.Value.Because, entry.Value.Since, entry.Value.Rest.Lasts(now)));
    }

    /// <summary>Remembers how an attempt ended: <paramref name="because"/> is null when nothing was refused.</summary>
    public void Remember(string what, string? because, DateTimeOffset now)
    {
        if (because is null)
        {
            entries.Remove(what);
            return;
        }

        if (!entries.TryGetValue(what, out var entry))
            entries[what] = entry = new Entry(RestOf(what), now);
        (entry.Because, entry.Last) = (because, now);
        entry.Rest.Begin(now);
    }

    /// <summary>A budget allows in a moment what it forbids now, and a server is asked often to be the primary; what forbids a volume to grow seldom changes.</summary>
    private static Rest RestOf(string what) => what.StartsWith("pod/", StringComparison.Ordinal) || what.StartsWith("promotion/", StringComparison.Ordinal)
        ? new Rest(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30))
        : what == Rotation || what.StartsWith(Variable, StringComparison.Ordinal)
            ? new Rest(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1))
            : new Rest(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10));

    private sealed class Entry(Rest rest, DateTimeOffset since)
    {
        public Rest Rest => rest;

        public DateTimeOffset Since => since;

        public string Because { get; set; } = "";

        public DateTimeOffset Last { get; set; }

        // A rest that begins soon after one is twice as long: until then the one before must be known.
        public bool IsForgotten(DateTimeOffset now) => !rest.Lasts(now) && now - Last > rest.Length * 2 + Memory;
    }
}
