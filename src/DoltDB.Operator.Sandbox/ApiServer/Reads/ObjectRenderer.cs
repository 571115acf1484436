using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Tables;
using DoltDB.Operator.Sandbox.ApiServer.Watches;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Reads;

/// <summary>Shows stored objects of one type in one shape. Stored bytes are passed on as they are wherever that is possible.</summary>
internal sealed class ObjectRenderer(ResourceType type, OutputShape shape, TimeProvider time)
{
    private readonly byte[] typeMembers = Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}\",\"apiVersion\":\"{type.ApiVersion}\",");

    private readonly TableRenderer? tables = shape == OutputShape.Table ? new TableRenderer(type, time) : null;

    /// <summary>One object with its kind and apiVersion.</summary>
    public ReadOnlyMemory<byte> Object(StoredObject stored) => shape switch
    {
        OutputShape.Table => CanonicalJson.Serialize(tables!.Table(stored)),
        OutputShape.PartialMetadata => CanonicalJson.Serialize(PartialMetadata(stored)),
        _ when type.View is not null => CanonicalJson.Serialize(ObjectCommit.Show(type, stored), type.IsCustom),
        _ => stored.Json,
    };

    /// <summary>How a watch shows objects and bookmarks.</summary>
    public WatchShape ForWatch()
    {
        var (kind, apiVersion) = shape switch
        {
            OutputShape.PartialMetadata => ("PartialObjectMetadata", "meta.k8s.io/v1"),
            OutputShape.Table => ("Table", "meta.k8s.io/v1"),
            _ => (type.Kind, type.ApiVersion),
        };
        return new WatchShape(Object, (revision, isInitialEnd) =>
            CanonicalJson.Serialize(WatchFeed.Bookmark(kind, apiVersion, revision, isInitialEnd)));
    }

    /// <summary>A page of a list.</summary>
    public ReadOnlyMemory<byte> List(ListPage page)
    {
        if (tables is not null)
            return CanonicalJson.Serialize(tables.Table(page.Items, JsonNode.Parse(Metadata(page))!.AsObject()));
        var buffer = new ArrayBufferWriter<byte>(4096);
        WriteHead(buffer, page);
        for (var i = 0; i < page.Items.Count; i++)
        {
            if (i > 0)
                buffer.Write(","u8);
            WriteItem(buffer, page.Items[i]);
        }

        var tail = type.IsCustom && shape == OutputShape.Object ? $"],\"kind\":\"{type.ListKind}\",\"metadata\":{Metadata(page)}}}" : "]}";
        buffer.Write(Encoding.UTF8.GetBytes(tail));
        return buffer.WrittenMemory;
    }

    private void WriteHead(ArrayBufferWriter<byte> buffer, ListPage page)
    {
        var head = shape == OutputShape.PartialMetadata
            ? $"{{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{Metadata(page)},\"items\":["
            : type.IsCustom
                ? $"{{\"apiVersion\":\"{type.ApiVersion}\",\"items\":["
                : $"{{\"kind\":\"{type.ListKind}\",\"apiVersion\":\"{type.ApiVersion}\",\"metadata\":{Metadata(page)},\"items\":[";
        buffer.Write(Encoding.UTF8.GetBytes(head));
    }

    private string Metadata(ListPage page)
    {
        var metadata = new JsonObject();
        if (page.Continue is not null || (type.IsCustom && shape == OutputShape.Object))
            metadata["continue"] = page.Continue ?? "";
        if (page.Remaining is { } remaining)
            metadata["remainingItemCount"] = remaining;
        metadata["resourceVersion"] = page.Revision.ToString(CultureInfo.InvariantCulture);
        return metadata.ToJsonString();
    }

    private void WriteItem(ArrayBufferWriter<byte> buffer, StoredObject stored)
    {
        var json = Object(stored).Span;
        // Items of typed lists carry no kind and apiVersion.
        if (!type.IsCustom && shape == OutputShape.Object && json.StartsWith(typeMembers))
        {
            buffer.Write("{"u8);
            json = json[typeMembers.Length..];
        }

        buffer.Write(json);
    }

    private static JsonObject PartialMetadata(StoredObject stored) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = JsonNode.Parse(stored.Metadata.GetRawText()),
    };
}
