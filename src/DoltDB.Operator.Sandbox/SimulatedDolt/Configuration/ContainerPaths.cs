namespace DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;

/// <summary>Translates a path that the simulated process sees to the directory on this machine that stands for it.</summary>
internal sealed class ContainerPaths(IReadOnlyDictionary<string, string>? mounts, string? containerRoot)
{
    public string Resolve(string path)
    {
        var best = mounts?.Where(m => Covers(m.Key, path)).OrderByDescending(m => m.Key.Length).Select(m => (KeyValuePair<string, string>?)m).FirstOrDefault();
        if (best is { } mount) return Path.Combine(mount.Value, path[mount.Key.TrimEnd('/').Length..].TrimStart('/'));
        return containerRoot is null ? path : Path.Combine(containerRoot, path.TrimStart('/'));
    }

    private static bool Covers(string mount, string path) =>
        path == mount || path.StartsWith(mount.TrimEnd('/') + "/", StringComparison.Ordinal);
}
