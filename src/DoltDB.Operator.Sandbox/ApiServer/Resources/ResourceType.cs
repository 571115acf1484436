using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Resources;

/// <summary>One served resource in one version: names, what it can do and by which rules its objects live.</summary>
internal sealed record ResourceType
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public required bool Namespaced { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = ResourceVerbs.All;

    /// <summary>Whether a CustomResourceDefinition defines it; null for built-in kinds.</summary>
    public JsonObject? Definition { get; init; }

    public bool IsCustom => Definition is not null;

    /// <summary>What the kind's objects look like.</summary>
    public ObjectSchema Schema { get; init; } = ObjectSchema.Permissive("", "", "");

    /// <summary>What the kind does beyond its schema.</summary>
    public KindRules Rules { get; init; } = KindRules.Default;

    public bool HasStatus { get; init; }

    /// <summary>Where the scale subresource finds its numbers; null without one.</summary>
    public ScalePaths? Scale { get; init; }

    /// <summary>Further subresources for discovery.</summary>
    public IReadOnlyList<SubresourceType> Subresources { get; init; } = [];

    /// <summary>Field selectors beyond metadata.name and metadata.namespace.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>How stored objects become objects of this version; null when they are the same.</summary>
    public ObjectView? View { get; init; }

    /// <summary>Name under which the store keeps the objects.</summary>
    public string StorageName { get; init; } = "";

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string ListKind { get; init; } = "";

    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string QualifiedKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    public ObjectKey Key(string ns, string name) => new(StorageName, Namespaced ? ns : "", name);
}

/// <summary>JSON paths (<c>.spec.replicas</c>) of the scale subresource.</summary>
internal sealed record ScalePaths(string SpecReplicas, string? StatusReplicas, string? Selector);

/// <summary>A subresource as discovery lists it.</summary>
internal sealed record SubresourceType(string Name, string Group, string Version, string Kind, IReadOnlyList<string> Verbs);

/// <summary>Two forms of the same object: as stored and as one version shows it.</summary>
internal sealed record ObjectView(Func<JsonObject, JsonObject> FromStorage, Func<JsonObject, JsonObject> ToStorage);

/// <summary>Verb lists in the order in which discovery shows them.</summary>
internal static class ResourceVerbs
{
    public static readonly IReadOnlyList<string> All = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public static readonly IReadOnlyList<string> Custom = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

    public static readonly IReadOnlyList<string> CreateOnly = ["create"];

    public static readonly IReadOnlyList<string> Status = ["get", "patch", "update"];
}
