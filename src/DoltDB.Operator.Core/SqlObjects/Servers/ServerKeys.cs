using System.Globalization;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>How servers are named in statuses and indexes: by what the spec refers to, so that a name needs no look-up.</summary>
internal static class ServerKeys
{
    private const string DoltDbPrefix = "DoltDB/";

    /// <summary>The key of an object's server; null when the spec names none.</summary>
    public static string? Of(SqlObjectSpec? spec, string ns) => spec switch
    {
        { DoltDbRef: { } reference } => OfDoltDb(Name(reference, ns)),
        { InstanceRef: { } reference } => OfInstance(Name(reference, ns)),
        DatabaseSpec { Driver: { } driver } database => $"{Engines.Known(driver) ?? driver}/{Place(driver, database.Connect ?? [])}",
        _ => null,
    };

    /// <summary>The key of a DoltDB.</summary>
    public static string OfDoltDb(NamespacedName name) => $"{DoltDbPrefix}{name}";

    /// <summary>Whether the key is a DoltDB's: the server is the operator's own.</summary>
    public static bool IsDoltDb(string? key) => key?.StartsWith(DoltDbPrefix, StringComparison.Ordinal) == true;

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

    /// <summary>Host and port; for a server without a host all that is said of it.</summary>
    private static string Place(string driver, Dictionary<string, string> connect) => connect.GetValueOrDefault("host") is { } host
        ? $"{host}:{connect.GetValueOrDefault("port") ?? Engines.Port(driver).ToString(CultureInfo.InvariantCulture)}"
        : string.Join('&', connect.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}={pair.Value}"));

    private static string OrDefault(string? text, string otherwise) => string.IsNullOrEmpty(text) ? otherwise : text;
}
