using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;

namespace DoltDB.Operator.Sandbox.ApiServer.Discovery;

/// <summary>What is served, as discovery documents.</summary>
internal static class DiscoveryDocuments
{
    public const string AggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public static JsonObject CoreVersions(string host) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = host }),
    };

    public static JsonObject Groups(IReadOnlyList<ResourceType> types) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. NamedGroups(types).Select(group => (JsonNode)Group(group.Key, group))]),
    };

    public static JsonObject? Group(IReadOnlyList<ResourceType> types, string name)
    {
        var ofGroup = types.Where(type => type.Group == name).ToList();
        if (ofGroup.Count == 0)
            return null;
        var group = Group(name, ofGroup);
        group.Insert(0, "kind", "APIGroup");
        group.Insert(1, "apiVersion", "v1");
        return group;
    }

    public static JsonObject? Resources(IReadOnlyList<ResourceType> types, string group, string version)
    {
        var ofVersion = types.Where(type => type.Group == group && type.Version == version).ToList();
        if (ofVersion.Count == 0)
            return null;
        var list = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Length > 0)
            list["apiVersion"] = "v1";
        list["groupVersion"] = ofVersion[0].ApiVersion;
        list["resources"] = new JsonArray([.. ofVersion.SelectMany(Entries)]);
        return list;
    }

    /// <summary>All groups (or the core group) in one aggregated document.</summary>
    public static JsonObject Aggregated(IReadOnlyList<ResourceType> types, bool isCore) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/v2",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. types.Where(type => (type.Group.Length == 0) == isCore).GroupBy(type => type.Group).Select(AggregatedGroup)]),
    };

    private static IEnumerable<IGrouping<string, ResourceType>> NamedGroups(IReadOnlyList<ResourceType> types) =>
        types.Where(type => type.Group.Length > 0).GroupBy(type => type.Group);

    private static JsonObject Group(string name, IEnumerable<ResourceType> types)
    {
        var versions = types.Select(type => type.Version).Distinct(StringComparer.Ordinal).OrderDescending(VersionOrder.Instance).ToList();
        return new JsonObject
        {
            ["name"] = name,
            ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)Version(name, version))]),
            ["preferredVersion"] = Version(name, versions[0]),
        };
    }

    private static JsonObject Version(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static IEnumerable<JsonNode> Entries(ResourceType type)
    {
        var entry = new JsonObject
        {
            ["name"] = type.Plural,
            ["singularName"] = type.Singular,
            ["namespaced"] = type.Namespaced,
            ["kind"] = type.Kind,
            ["verbs"] = Texts(type.Verbs),
        };
        if (type.ShortNames.Count > 0)
            entry["shortNames"] = Texts(type.ShortNames);
        if (type.Categories.Count > 0)
            entry["categories"] = Texts(type.Categories);
        yield return entry;
        foreach (var sub in type.Subresources)
        {
            var subEntry = new JsonObject { ["name"] = $"{type.Plural}/{sub.Name}", ["singularName"] = "", ["namespaced"] = type.Namespaced };
            if (sub.Group.Length > 0 && sub.Group != type.Group)
            {
                subEntry["group"] = sub.Group;
                subEntry["version"] = sub.Version;
            }

            subEntry["kind"] = sub.Kind;
            subEntry["verbs"] = Texts(sub.Verbs);
            yield return subEntry;
        }
    }

    private static JsonNode AggregatedGroup(IGrouping<string, ResourceType> group)
    {
        var versions = group.GroupBy(type => type.Version).OrderByDescending(version => version.Key, VersionOrder.Instance);
        return new JsonObject
        {
            ["metadata"] = group.Key.Length == 0 ? [] : new JsonObject { ["name"] = group.Key },
            ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)new JsonObject
            {
                ["version"] = version.Key,
                ["resources"] = new JsonArray([.. version.Select(AggregatedResource)]),
                ["freshness"] = "Current",
            })]),
        };
    }

    private static JsonNode AggregatedResource(ResourceType type)
    {
        var entry = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = type.IsCustom ? ResponseKind(type.Group, type.Version, type.Kind) : ResponseKind("", "", type.Kind),
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = Texts(type.Verbs),
        };
        if (type.ShortNames.Count > 0)
            entry["shortNames"] = Texts(type.ShortNames);
        if (type.Categories.Count > 0)
            entry["categories"] = Texts(type.Categories);
        if (type.Subresources.Count > 0)
        {
            entry["subresources"] = new JsonArray([.. type.Subresources.Select(sub => (JsonNode)new JsonObject
            {
                ["subresource"] = sub.Name,
                ["responseKind"] = ResponseKind(sub.Group, sub.Version, sub.Kind),
                ["verbs"] = Texts(sub.Verbs),
            })]);
        }

        return entry;
    }

    private static JsonObject ResponseKind(string group, string version, string kind) =>
        new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}

/// <summary>API versions by stability and number: v1 after v1beta2 after v1beta1 after v1alpha1.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        var order = Rank(x ?? "").CompareTo(Rank(y ?? ""));
        return order != 0 ? order : string.CompareOrdinal(y, x);
    }

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        var rest = version.AsSpan();
        if (rest.Length < 2 || rest[0] != 'v' || !char.IsAsciiDigit(rest[1]))
            return (-1, 0, 0);
        var major = TakeNumber(ref rest, 1);
        if (rest.IsEmpty)
            return (2, major, 0);
        var stability = rest.StartsWith("beta") ? 1 : 0;
        return (stability, major, TakeNumber(ref rest, stability == 1 ? 4 : 5));
    }

    private static int TakeNumber(ref ReadOnlySpan<char> rest, int from)
    {
        var end = Math.Min(from, rest.Length);
        var begin = end;
        while (end < rest.Length && char.IsAsciiDigit(rest[end]))
            end++;
        var number = int.TryParse(rest[begin..end], out var value) ? value : 0;
        rest = rest[end..];
        return number;
    }
}
