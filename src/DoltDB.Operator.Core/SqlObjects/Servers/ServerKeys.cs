using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>How servers are named in statuses and indexes: by what the spec refers to, so that a name needs no look-up.</summary>
internal static class ServerKeys
{
    private const string DefaultHost = "?";

    /// <summary>The key of an object's server; null when the spec names none.</summary>
    public static string? Of(SqlObjectSpec? spec, string ns) => spec switch
    {
        { DoltDbRef: { } reference } => OfDoltDb(Name(reference, ns)),
        { InstanceRef: { } reference } => OfInstance(Name(reference, ns)),
        DatabaseSpec { Driver: { } driver } database => $"{driver}/{database.Connect?.GetValueOrDefault("host") ?? DefaultHost}:{database.Connect?.GetValueOrDefault("port")}",
        _ => null,
    };

    /// <summary>The key of a DoltDB.</summary>
    public static string OfDoltDb(NamespacedName name) => $"DoltDB/{name}";

    /// <summary>The key of an ExternalInstance.</summary>
    public static string OfInstance(NamespacedName name) => $"ExternalInstance/{name}";

    /// <summary>A spec that refers to the server of the key; null for a server that was named inline.</summary>
    public static SqlObjectSpec? Reference(string key) => key.Split('/') switch
    {
        ["DoltDB", var ns, var name] => new UserSpec { DoltDbRef = new DoltDbReference { Namespace = ns, Name = name } },
        ["ExternalInstance", var ns, var name] => new UserSpec { InstanceRef = new InstanceReference { Namespace = ns, Name = name } },
        _ => null,
    };

    /// <summary>The DoltDB that a reference names.</summary>
    public static NamespacedName Name(DoltDbReference reference, string ns) => new(OrDefault(reference.Namespace, ns), reference.Name ?? "");

    /// <summary>The ExternalInstance that a reference names.</summary>
    public static NamespacedName Name(InstanceReference reference, string ns) => new(OrDefault(reference.Namespace, ns), reference.Name ?? "");

    private static string OrDefault(string? text, string otherwise) => string.IsNullOrEmpty(text) ? otherwise : text;
}
