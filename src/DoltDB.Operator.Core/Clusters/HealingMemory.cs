using System.Collections.Immutable;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>When which standby was sent what it lacks: the second time waits longer, because the first may have been in vain. Can be lost.</summary>
internal sealed class HealingMemory
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    private readonly Dictionary<int, (DateTimeOffset Time, TimeSpan Pause)> standbys = [];

    /// <summary>Ordinals that are left alone for now.</summary>
    public ImmutableHashSet<int> Resting(DateTimeOffset now) =>
        standbys.Count == 0 ? [] : [.. standbys.Where(pair => now - pair.Value.Time < pair.Value.Pause).Select(pair => pair.Key)];

    /// <summary>Remembers that the standby was sent what it lacks.</summary>
    public void Add(int ordinal, DateTimeOffset now)
    {
        var rest = standbys.TryGetValue(ordinal, out var last) && now - last.Time < last.Pause * 2 ? last.Pause * 2 : FirstRest;
        standbys[ordinal] = (now, rest < LongestRest ? rest : LongestRest);
    }
}
