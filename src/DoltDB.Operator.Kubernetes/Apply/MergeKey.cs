using System.Text.Json;

namespace DoltDB.Operator.Kubernetes.Apply;

/// <summary>
/// The members by which the elements of a list are told apart on the server, where the list is a map in disguise. Its order means
/// nothing, and others may own further elements. Every other list is one value: equal length, equal elements in order.
/// </summary>
internal sealed class MergeKey
{
    private static readonly MergeKey Name = new("name");
    private static readonly MergeKey Type = new("type");
    private static readonly MergeKey MountPath = new("mountPath");
    private static readonly MergeKey DevicePath = new("devicePath");
    private static readonly MergeKey Ip = new("ip");
    private static readonly MergeKey Uid = new("uid");
    private static readonly MergeKey ContainerPort = new("containerPort", "protocol");
    private static readonly MergeKey ServicePort = new("port", "protocol");
    private static readonly MergeKey Spread = new("topologyKey", "whenUnsatisfiable");

    private readonly string[] members;

    private MergeKey(params string[] members) => this.members = members;

    /// <summary>The key of the list in the given field, or null when it is one value or its elements lack the key.</summary>
    public static MergeKey? Of(string field, JsonElement list)
    {
        var key = field switch
        {
            "containers" or "initContainers" or "ephemeralContainers" or "volumes" or "env" or "imagePullSecrets" or "secrets" => Name,
            "conditions" => Type,
            "volumeMounts" => MountPath,
            "volumeDevices" => DevicePath,
            "hostAliases" => Ip,
            "ownerReferences" => Uid,
            "topologySpreadConstraints" => Spread,
            "ports" => list.EnumerateArray().Any(port => port.ValueKind == JsonValueKind.Object && port.TryGetProperty("containerPort", out _))
                ? ContainerPort
                : ServicePort,
            _ => null,
        };
        return key is not null && key.Identifies(list) ? key : null;
    }

    /// <summary>The element with the same key, or null.</summary>
    public JsonElement? Find(JsonElement list, JsonElement wanted)
    {
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Object && members.All(member => Value(element, member) == Value(wanted, member)))
                return element;
        }

        return null;
    }

    /// <summary>Every element has the key, and no two the same.</summary>
    private bool Identifies(JsonElement list)
    {
        var seen = new HashSet<string>();
        return list.EnumerateArray().All(element =>
            element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty(members[0], out _)
            && seen.Add(string.Join('\n', members.Select(member => Value(element, member)))));
    }

    private static string Value(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) ? value.ToString() : member == "protocol" ? "TCP" : "";
}
