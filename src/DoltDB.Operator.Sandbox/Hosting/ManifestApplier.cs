using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;

namespace DoltDB.Operator.Sandbox.Hosting;

/// <summary>An object that was applied, and what the API server warned of.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; empty for a cluster-wide kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Warnings">Warnings, such as unknown fields.</param>
public sealed record AppliedManifest(string Kind, string Namespace, string Name, IReadOnlyList<string> Warnings);

/// <summary>A manifest that the API server refused; the message names the field.</summary>
public sealed class ManifestException(string message) : Exception(message);

/// <summary>Creates or replaces what manifests say, as <c>kubectl create</c> and <c>kubectl replace</c> would; a namespace that is missing is created.</summary>
internal sealed class ManifestApplier(SandboxApiServer server, ResourceCatalog catalog, string defaultNamespace)
{
    private const int Conflict = 409;
    private const string Manager = "doltdb-operator-sandbox";

    /// <summary>Applies every document of the YAML text in order.</summary>
    /// <exception cref="ManifestException">A document is no manifest, names an unknown kind, or was refused.</exception>
    public async Task<IReadOnlyList<AppliedManifest>> ApplyAsync(string yaml, string source, CancellationToken cancellationToken)
    {
        var applied = new List<AppliedManifest>();
        foreach (var document in Parse(yaml, source))
            applied.Add(await ApplyAsync(document, source, cancellationToken));
        return applied;
    }

    private static IEnumerable<JsonObject> Parse(string yaml, string source)
    {
        IReadOnlyList<JsonNode> documents;
        try
        {
            documents = ApiServer.Writes.YamlJson.ParseAll(yaml);
        }
        catch (Exception exception) when (exception is YamlDotNet.Core.YamlException or FormatException)
        {
            throw new ManifestException($"{source}: {exception.Message}");
        }

        foreach (var document in documents)
        {
            if (document is not JsonObject manifest)
                throw new ManifestException($"{source}: a document is no Kubernetes object");
            if (Text(manifest, "kind") == "List" && manifest["items"] is JsonArray items)
            {
                foreach (var item in items.OfType<JsonObject>())
                    yield return item;
            }
            else
            {
                yield return manifest;
            }
        }
    }

    private async Task<AppliedManifest> ApplyAsync(JsonObject manifest, string source, CancellationToken cancellationToken)
    {
        var (apiVersion, kind) = (Text(manifest, "apiVersion") ?? "", Text(manifest, "kind") ?? "");
        var name = manifest["metadata"] is JsonObject metadata ? Text(metadata, "name") : null;
        if (name is null)
            throw new ManifestException($"{source}: {kind}: metadata.name is required");
        var type = catalog.Current.All.FirstOrDefault(candidate => candidate.Kind == kind && GroupVersion(candidate) == apiVersion)
            ?? throw new ManifestException($"{source}: {kind} {name}: no kind \"{kind}\" is registered for version \"{apiVersion}\"");
        var ns = type.Namespaced ? Text((JsonObject)manifest["metadata"]!, "namespace") ?? defaultNamespace : "";
        if (type.Namespaced)
            await EnsureNamespaceAsync(ns, cancellationToken);
        var answer = await WriteAsync(type, ns, name, manifest, cancellationToken);
        if (answer.Code >= 400)
            throw new ManifestException($"{source}: {kind} {name}: {Reason(answer)}");
        return new AppliedManifest(kind, ns, name, [.. answer.Headers.Where(h => h.Key == "Warning").Select(h => h.Value)]);
    }

    private async Task EnsureNamespaceAsync(string ns, CancellationToken cancellationToken)
    {
        var manifest = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } };
        var answer = await SendAsync("POST", "/api/v1/namespaces", manifest, cancellationToken);
        if (answer.Code is >= 400 and not Conflict)
            throw new ManifestException($"namespace {ns}: {Reason(answer)}");
    }

    private async Task<ApiAnswer> WriteAsync(ResourceType type, string ns, string name, JsonObject manifest, CancellationToken cancellationToken)
    {
        var collection = Path(type, ns);
        var created = await SendAsync("POST", collection, manifest, cancellationToken);
        if (created.Code != Conflict)
            return created;
        while (true)
        {
            var live = await SendAsync("GET", $"{collection}/{name}", null, cancellationToken);
            if (live is not ApiAnswer.Content { Code: 200 } content || JsonNode.Parse(content.Body.Span) is not JsonObject present)
                return live;
            var replaced = await SendAsync("PUT", $"{collection}/{name}", Over(present, manifest), cancellationToken);

            // Somebody wrote in between: once more, over what it is now.
            if (replaced.Code != Conflict)
                return replaced;
        }
    }

    /// <summary>The manifest with the live object's metadata, its own labels and annotations added.</summary>
    private static JsonObject Over(JsonObject present, JsonObject manifest)
    {
        var merged = (JsonObject)manifest.DeepClone();
        var metadata = (JsonObject)present["metadata"]!.DeepClone();
        foreach (var map in (string[])["labels", "annotations"])
        {
            if (merged["metadata"]?[map] is not JsonObject added)
                continue;
            var target = metadata[map] as JsonObject ?? [];
            foreach (var (key, value) in added)
                target[key] = value?.DeepClone();
            metadata[map] = target.Parent is null ? target : target.DeepClone();
        }

        metadata.Remove("managedFields");
        merged["metadata"] = metadata;
        return merged;
    }

    private Task<ApiAnswer> SendAsync(string method, string path, JsonObject? body, CancellationToken cancellationToken) => server.HandleAsync(
        new ApiRequest
        {
            Method = method,
            Path = path,
            Query = body is null ? ApiQuery.Empty : ApiQuery.Of(("fieldManager", Manager), ("fieldValidation", "Warn")),
            ContentType = "application/json",
            UserAgent = Manager,
            Body = body is null ? default : Encoding.UTF8.GetBytes(body.ToJsonString()),
        },
        cancellationToken);

    private static string Path(ResourceType type, string ns)
    {
        var root = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.Group}/{type.Version}";
        return ns.Length == 0 ? $"{root}/{type.Plural}" : $"{root}/namespaces/{ns}/{type.Plural}";
    }

    private static string GroupVersion(ResourceType type) => type.Group.Length == 0 ? type.Version : $"{type.Group}/{type.Version}";

    private static string Reason(ApiAnswer answer) =>
        answer is ApiAnswer.Content content && JsonNode.Parse(content.Body.Span) is JsonObject status && Text(status, "message") is { } message ? message : $"HTTP {answer.Code}";

    private static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
