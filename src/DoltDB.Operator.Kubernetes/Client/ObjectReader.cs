using System.Buffers;
using System.Text.Json;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>One page of a list.</summary>
internal readonly record struct ListPage(string ResourceVersion, string? Continue);

/// <summary>Parses what an API server sends, straight from its bytes.</summary>
internal static class ObjectReader
{
    /// <summary>The member of the metadata that says who owns which field.</summary>
    internal const string ManagedFields = "managedFields";

    /// <summary>One object.</summary>
    public static T ReadObject<T>(this ResourceKind<T> kind, in ReadOnlySequence<byte> body)
        where T : class, IKubernetesObject
    {
        var reader = new Utf8JsonReader(body);
        return kind.ReadObject(ref reader);
    }

    /// <summary>
    /// One page of a list, its objects added to <paramref name="items"/>; an object that does not have the shape of its kind is named in
    /// <paramref name="unreadable"/> and costs nobody else.
    /// </summary>
    public static ListPage ReadPage<T>(this ResourceKind<T> kind, in ReadOnlySequence<byte> body, List<T> items, List<UnreadableObject> unreadable)
        where T : class, IKubernetesObject
    {
        var reader = new Utf8JsonReader(body);
        VersionedMetadata? metadata = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                metadata = JsonSerializer.Deserialize(ref reader, ClientJson.Default.VersionedMetadata);
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartArray)
                    kind.ReadItems(ref reader, items, unreadable);
            }
            else
            {
                reader.Skip();
            }
        }

        var version = metadata?.ResourceVersion ?? throw new JsonException($"the list of {kind.Plural} has no metadata.resourceVersion");
        return new ListPage(version, string.IsNullOrEmpty(metadata.Continue) ? null : metadata.Continue);
    }

    /// <summary>One line of a watch.</summary>
    /// <exception cref="KubernetesException">The line is an error, such as an expired version (410).</exception>
    public static WatchEvent<T> ReadEvent<T>(this ResourceKind<T> kind, in ReadOnlySequence<byte> line)
        where T : class, IKubernetesObject
    {
        var reader = new Utf8JsonReader(line);
        string? type = null;
        Utf8JsonReader body = default;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.GetString();
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                body = reader;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        return body.TokenType == JsonTokenType.StartObject
            ? kind.ReadEvent(type, ref body)
            : throw new JsonException($"a watch event of {kind.Plural} has no object");
    }

    /// <summary>The object with its kind and API version, which typed lists leave out.</summary>
    public static T Typed<T>(this ResourceKind<T> kind, T resource)
        where T : class, IKubernetesObject =>
        resource is KubernetesObject known && (known.Kind is null || known.ApiVersion is null)
            ? (T)(object)(known with { Kind = kind.Kind, ApiVersion = kind.ApiVersion })
            : resource;

    private static WatchEvent<T> ReadEvent<T>(this ResourceKind<T> kind, string? type, ref Utf8JsonReader body)
        where T : class, IKubernetesObject
    {
        switch (type)
        {
            case "ADDED":
                return kind.ReadChange(WatchEventType.Added, ref body);
            case "MODIFIED":
                return kind.ReadChange(WatchEventType.Modified, ref body);
            case "DELETED":
                return kind.ReadChange(WatchEventType.Deleted, ref body);
            case "BOOKMARK":
                var bookmark = JsonSerializer.Deserialize(ref body, ClientJson.Default.VersionedBody);
                return new WatchEvent<T>(
                    WatchEventType.Bookmark,
                    null,
                    bookmark?.Metadata?.ResourceVersion ?? throw new JsonException("a bookmark has no metadata.resourceVersion"));
            case "ERROR":
                var status = JsonSerializer.Deserialize(ref body, ClientJson.Default.StatusBody);
                throw new KubernetesException(status?.Code ?? 500, status?.Reason, status?.Message ?? "the watch failed");
            default:
                throw new JsonException($"a watch event has the unknown type {type}");
        }
    }

    private static WatchEvent<T> ReadChange<T>(this ResourceKind<T> kind, WatchEventType type, ref Utf8JsonReader body)
        where T : class, IKubernetesObject
    {
        if (kind.TryReadObject(ref body, out var resource) is { } unreadable)
            return new WatchEvent<T>(type, null, unreadable.Metadata.ResourceVersion!) { Unreadable = unreadable };
        return new WatchEvent<T>(type, resource, resource!.Metadata.ResourceVersion ?? throw new JsonException("a watch event has no metadata.resourceVersion"));
    }

    /// <summary>
    /// Reads one object, or what is left of it when it lacks the shape of its kind: a server keeps what its schema allows, and one such
    /// object must not hide all the others.
    /// </summary>
    private static UnreadableObject? TryReadObject<T>(this ResourceKind<T> kind, ref Utf8JsonReader reader, out T? resource)
        where T : class, IKubernetesObject
    {
        var start = reader;
        try
        {
            resource = kind.ReadObject(ref reader);
            return null;
        }
        catch (Exception problem) when (problem is JsonException or FormatException or OverflowException or InvalidOperationException or ArgumentException)
        {
            reader = start;
            resource = null;
            var metadata = JsonSerializer.Deserialize(ref reader, ClientJson.Default.MetadataBody)?.Metadata;
            return metadata is { Name: not null, ResourceVersion: not null }
                ? new UnreadableObject(metadata, problem.Message)
                : throw new JsonException($"a {kind.Kind} has no name or no version: {problem.Message}", problem);
        }
    }

    private static T ReadObject<T>(this ResourceKind<T> kind, ref Utf8JsonReader reader)
        where T : class, IKubernetesObject
    {
        var resource = JsonSerializer.Deserialize(ref reader, kind.TypeInfo) ?? throw new JsonException($"a {kind.Kind} is null");

        // Field ownership is a large part of many objects, and nothing here reads it.
        if (!kind.KeepsManagedFields && resource.Metadata.Unknown is { } unknown && unknown.Remove(ManagedFields) && unknown.Count == 0)
            resource.Metadata.Unknown = null;
        return kind.Typed(resource);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
            throw new JsonException($"expected {token}, found {reader.TokenType}");
    }

    private static void ReadItems<T>(this ResourceKind<T> kind, ref Utf8JsonReader reader, List<T> items, List<UnreadableObject> unreadable)
        where T : class, IKubernetesObject
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (kind.TryReadObject(ref reader, out var item) is { } problem)
                unreadable.Add(problem);
            else
                items.Add(item!);
        }
    }
}
