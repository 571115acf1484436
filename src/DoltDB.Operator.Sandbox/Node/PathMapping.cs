using System.Text;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>
/// Where the paths of a container are on this machine. The sandbox isolates no file system: a path below a mount, in a command, a script
/// or a configuration, is replaced by the directory that holds the volume.
/// </summary>
internal sealed class PathMapping
{
    private readonly (string ContainerPath, string HostPath)[] mounts;

    /// <summary>The mapping of the given mounts, container path to directory.</summary>
    public PathMapping(IEnumerable<KeyValuePair<string, string>> mounts) =>
        this.mounts = [.. mounts.Select(mount => (mount.Key.TrimEnd('/'), mount.Value)).OrderByDescending(mount => mount.Item1.Length)];

    /// <summary>The directory or file on this machine, or null when the path is below no mount.</summary>
    public string? ToHost(string containerPath)
    {
        foreach (var (prefix, host) in mounts)
        {
            if (containerPath == prefix)
                return host;
            if (containerPath.StartsWith(prefix + "/", StringComparison.Ordinal))
                return Path.Combine(host, containerPath[(prefix.Length + 1)..]);
        }

        return null;
    }

    /// <summary>The text with every mount path, where it stands as a whole path or begins one, replaced by its directory.</summary>
    public string Rewrite(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var mount = MountAt(text, i);
            if (mount is var (prefix, host) && prefix is not null)
            {
                result.Append(host);
                i += prefix.Length;
            }
            else
            {
                result.Append(text[i++]);
            }
        }

        return result.ToString();
    }

    private (string? ContainerPath, string HostPath) MountAt(string text, int index)
    {
        if (text[index] != '/' || (index > 0 && IsPathCharacter(text[index - 1])))
            return (null, "");
        foreach (var (prefix, host) in mounts)
        {
            var end = index + prefix.Length;
            if (string.CompareOrdinal(text, index, prefix, 0, prefix.Length) == 0 && (end >= text.Length || text[end] == '/' || !IsPathCharacter(text[end])))
                return (prefix, host);
        }

        return (null, "");
    }

    private static bool IsPathCharacter(char c) => char.IsLetterOrDigit(c) || c is '/' or '_' or '-' or '.';
}
