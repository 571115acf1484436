using System.Collections.Frozen;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Resources;

/// <summary>Everything that is served now: the built-in kinds and those that definitions add.</summary>
internal sealed class ResourceCatalog
{
    private readonly Lock gate = new();
    private readonly IReadOnlyList<ResourceType> builtIn;
    private readonly Dictionary<string, (long Revision, IReadOnlyList<ResourceType> Types)> custom = new(StringComparer.Ordinal);
    private volatile Snapshot current;

    public ResourceCatalog(SchemaRegistry schemas)
    {
        Schemas = schemas;
        builtIn = BuiltInResources.All(schemas);
        current = new Snapshot(builtIn, 0);
    }

    public SchemaRegistry Schemas { get; }

    /// <summary>All served types, and a number that changes with them.</summary>
    public Snapshot Current => current;

    public ResourceType? Find(string group, string version, string plural) => current.Find(group, version, plural);

    public ResourceType Required(string group, string version, string plural) =>
        Find(group, version, plural) ?? throw new InvalidOperationException($"{plural}.{version}.{group} is not served.");

    /// <summary>Serves what the definition says; null when the definition is gone.</summary>
    public void Define(StoredObject definition, bool isGone)
    {
        lock (gate)
        {
            var name = definition.Key.Name;
            if (isGone)
                custom.Remove(name);
            else if (!custom.TryGetValue(name, out var known) || known.Revision < definition.Revision)
                custom[name] = (definition.Revision, CustomResources.Of(definition.Copy(), Schemas));
            current = new Snapshot([.. builtIn, .. custom.Values.SelectMany(entry => entry.Types)], current.Number + 1);
        }
    }

    /// <summary>One state of the catalog.</summary>
    internal sealed class Snapshot
    {
        private readonly FrozenDictionary<(string Group, string Version, string Plural), ResourceType> types;

        public Snapshot(IReadOnlyList<ResourceType> all, long number)
        {
            All = all;
            Number = number;
            types = all.ToFrozenDictionary(type => (type.Group, type.Version, type.Plural));
            Groups = all.Select(type => type.Group).ToFrozenSet();
        }

        public IReadOnlyList<ResourceType> All { get; }

        public long Number { get; }

        public FrozenSet<string> Groups { get; }

        public ResourceType? Find(string group, string version, string plural) => types.GetValueOrDefault((group, version, plural));
    }
}

/// <summary>The resource types that a CustomResourceDefinition stands for.</summary>
internal static class CustomResources
{
    private static readonly KindRules Rules = new() { HasGeneration = true, RequiresResourceVersion = true, StatusKeepsMetadata = false };

    /// <summary>One type for each served version.</summary>
    /// <exception cref="SchemaException">A schema cannot be served.</exception>
    public static IReadOnlyList<ResourceType> Of(JsonObject definition, SchemaRegistry schemas)
    {
        var spec = definition["spec"]!.AsObject();
        var versions = spec.Objects("versions").ToList();
        var storage = versions.FirstOrDefault(version => version.Flag("storage"))?.Text("name") ?? "";
        return [.. versions.Where(version => version.Flag("served")).Select(version => Type(definition, spec, version, storage, schemas))];
    }

    private static ResourceType Type(JsonObject definition, JsonObject spec, JsonObject version, string storage, SchemaRegistry schemas)
    {
        var names = spec["names"]!.AsObject();
        var (group, name, kind) = (spec.Text("group")!, version.Text("name")!, names.Text("kind")!);
        var subresources = version["subresources"] as JsonObject;
        var scale = subresources?["scale"] as JsonObject;
        var hasStatus = subresources?["status"] is not null;
        return new ResourceType
        {
            Group = group,
            Version = name,
            Kind = kind,
            Plural = names.Text("plural")!,
            Singular = names.Text("singular") ?? kind.ToLowerInvariant(),
            ListKind = names.Text("listKind") ?? kind + "List",
            ShortNames = Texts(names["shortNames"]),
            Categories = Texts(names["categories"]),
            Namespaced = spec.Text("scope") != "Cluster",
            Verbs = ResourceVerbs.Custom,
            Definition = definition,
            Schema = schemas.FromCrd(definition, name),
            Rules = Rules,
            HasStatus = hasStatus,
            Scale = scale is null ? null : new ScalePaths(
                scale.Text("specReplicasPath")!, scale.Text("statusReplicasPath"), scale.Text("labelSelectorPath")),
            Subresources =
            [
                .. hasStatus ? [new SubresourceType("status", group, name, kind, ResourceVerbs.Status)] : Array.Empty<SubresourceType>(),
                .. scale is not null ? [new SubresourceType("scale", "autoscaling", "v1", "Scale", ResourceVerbs.Status)] : Array.Empty<SubresourceType>(),
            ],
            SelectableFields = [.. version.Objects("selectableFields").Select(field => field.Text("jsonPath")!.TrimStart('.'))],
            StorageName = $"{group}/{names.Text("plural")}",
            View = name == storage ? null : Versioned($"{group}/{name}", $"{group}/{storage}"),
        };
    }

    /// <summary>Conversion strategy None: only the apiVersion differs.</summary>
    private static ObjectView Versioned(string shown, string stored) =>
        new(obj => WithApiVersion(obj, shown), obj => WithApiVersion(obj, stored));

    private static JsonObject WithApiVersion(JsonObject obj, string apiVersion)
    {
        obj["apiVersion"] = apiVersion;
        return obj;
    }

    private static IReadOnlyList<string> Texts(JsonNode? list) => list is JsonArray array ? [.. array.Select(item => item!.ToString())] : [];
}
