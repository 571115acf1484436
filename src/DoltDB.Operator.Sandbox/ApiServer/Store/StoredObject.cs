using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Store;

/// <summary>
/// One immutable version of an object. Its JSON is serialized once and shared by all readers and watchers.
/// </summary>
public sealed class StoredObject
{
    private readonly Lazy<JsonElement> root;

    internal StoredObject(ObjectKey key, long revision, byte[] json)
    {
        Key = key;
        Revision = revision;
        Json = json;
        root = new Lazy<JsonElement>(() => JsonElement.Parse(json));
    }

    /// <summary>Where the object is stored.</summary>
    public ObjectKey Key { get; }

    /// <summary>Store revision of this version: its <c>metadata.resourceVersion</c>; of a deletion, the revision of the delete.</summary>
    public long Revision { get; }

    /// <summary>The object in canonical JSON (see <see cref="CanonicalJson"/>).</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The object for reading.</summary>
    public JsonElement Root => root.Value;

    /// <summary>The object's <c>metadata</c>.</summary>
    public JsonElement Metadata => Root.GetProperty("metadata");

    /// <summary>Identity of this incarnation.</summary>
    public string Uid => Metadata.TryGetProperty("uid", out var uid) ? uid.GetString() ?? "" : "";

    /// <summary>Whether deletion was asked for.</summary>
    public bool IsTerminating => Metadata.TryGetProperty("deletionTimestamp", out _);

    /// <summary>The value of a label, or null.</summary>
    public string? Label(string name) =>
        Metadata.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object && labels.TryGetProperty(name, out var value)
            ? value.GetString()
            : null;

    /// <summary>A private copy for a writer.</summary>
    public JsonObject Copy() => JsonNode.Parse(Json.Span)!.AsObject();
}
