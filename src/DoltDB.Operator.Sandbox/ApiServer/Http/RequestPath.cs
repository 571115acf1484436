namespace DoltDB.Operator.Sandbox.ApiServer.Http;

/// <summary>What a URL below <c>/api</c> or <c>/apis</c> names.</summary>
internal sealed record RequestPath(string Group, string Version, string Plural)
{
    /// <summary>Namespace; null for cluster-wide paths.</summary>
    public string? Namespace { get; init; }

    /// <summary>Object name; null for collections.</summary>
    public string? Name { get; init; }

    /// <summary>Subresource such as <c>status</c>.</summary>
    public string? Subresource { get; init; }

    /// <summary>Whether this is a path of the old form <c>/api/v1/watch/...</c>.</summary>
    public bool IsLegacyWatch { get; init; }

    /// <summary>The parts of a resource path, or null when the path names no resource (discovery, health, nothing).</summary>
    public static RequestPath? Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        var (group, version, at) = parts switch
        {
            ["api", var core, _, ..] => ("", core, 2),
            ["apis", var named, var itsVersion, _, ..] => (named, itsVersion, 3),
            _ => ("", "", 0),
        };
        if (at == 0)
            return null;
        var rest = parts[at..];
        var isWatch = rest is ["watch", _, ..];
        if (isWatch)
            rest = rest[1..];
        return rest switch
        {
            ["namespaces"] => new RequestPath(group, version, "namespaces"),
            ["namespaces", var name] => new RequestPath(group, version, "namespaces") { Name = name },
            ["namespaces", var name, "status" or "finalize"] => new RequestPath(group, version, "namespaces") { Name = name, Subresource = rest[2] },
            ["namespaces", var ns, var plural] => new RequestPath(group, version, plural) { Namespace = ns },
            ["namespaces", var ns, var plural, var name] => new RequestPath(group, version, plural) { Namespace = ns, Name = name },
            ["namespaces", var ns, var plural, var name, var sub] =>
                new RequestPath(group, version, plural) { Namespace = ns, Name = name, Subresource = sub },
            [var plural] => new RequestPath(group, version, plural),
            [var plural, var name] => new RequestPath(group, version, plural) { Name = name },
            [var plural, var name, var sub] => new RequestPath(group, version, plural) { Name = name, Subresource = sub },
            _ => null,
        } is { } parsed ? parsed with { IsLegacyWatch = isWatch } : null;
    }
}
