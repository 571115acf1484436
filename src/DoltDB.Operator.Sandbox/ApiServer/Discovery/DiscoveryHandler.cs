using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;

namespace DoltDB.Operator.Sandbox.ApiServer.Discovery;

/// <summary>Answers everything that is not about an object: discovery, version, health, OpenAPI.</summary>
internal sealed class DiscoveryHandler(ResourceCatalog catalog)
{
    public const string GitVersion = "v1.36.2-sandbox";

    public ApiAnswer Answer(ApiRequest request)
    {
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var types = catalog.Current.All;
        return parts switch
        {
            [] => ApiAnswer.Json(200, Paths(types)),
            ["healthz" or "readyz" or "livez", ..] => Text(200, "ok"),
            ["version"] => ApiAnswer.Json(200, Version()),
            ["api"] => Discovery(request, () => DiscoveryDocuments.CoreVersions(request.Host), isCore: true),
            ["apis"] => Discovery(request, () => DiscoveryDocuments.Groups(types), isCore: false),
            ["openapi", "v3"] => ApiAnswer.Json(200, OpenApiDocuments.Index(types, catalog.Current.Number)),
            ["openapi", "v3", .. var path] => Found(OpenApiDocuments.Document(types, string.Join('/', path), catalog.Schemas)),
            ["api", var version] => Found(DiscoveryDocuments.Resources(types, "", version)),
            ["apis", var group] => Found(DiscoveryDocuments.Group(types, group)),
            ["apis", var group, var version] => Found(DiscoveryDocuments.Resources(types, group, version)),
            _ => PageNotFound(),
        };
    }

    public static ApiAnswer PageNotFound() => Text(404, "404 page not found\n");

    public static ApiAnswer Text(int code, string text) =>
        new ApiAnswer.Content(code, Encoding.UTF8.GetBytes(text)) { ContentType = "text/plain; charset=utf-8" };

    private static ApiAnswer Found(JsonObject? document) => document is null ? PageNotFound() : ApiAnswer.Json(200, document);

    private ApiAnswer Discovery(ApiRequest request, Func<JsonObject> legacy, bool isCore)
    {
        if (!AcceptsAggregated(request.Accept))
            return ApiAnswer.Json(200, legacy());
        var document = Store.CanonicalJson.Serialize(DiscoveryDocuments.Aggregated(catalog.Current.All, isCore));
        var etag = $"\"{Convert.ToHexString(SHA256.HashData(document))}\"";
        KeyValuePair<string, string>[] headers = [new("ETag", etag), new("Vary", "Accept"), new("Cache-Control", "public")];
        return request.IfNoneMatch == etag
            ? new ApiAnswer.Content(304, ReadOnlyMemory<byte>.Empty) { Headers = headers }
            : new ApiAnswer.Content(200, document) { ContentType = DiscoveryDocuments.AggregatedType, Headers = headers };
    }

    private static bool AcceptsAggregated(string accept) => accept
        .Split(',')
        .Select(clause => clause.Split(';', StringSplitOptions.TrimEntries))
        .Any(clause => clause.Contains("as=APIGroupDiscoveryList") && clause.Contains("v=v2"));

    private static JsonObject Paths(IReadOnlyList<ResourceType> types)
    {
        var groups = types.Where(type => type.Group.Length > 0)
            .SelectMany(type => new[] { $"/apis/{type.Group}", $"/apis/{type.ApiVersion}" })
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        string[] all = ["/api", "/api/v1", "/apis", .. groups, "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"];
        return new JsonObject { ["paths"] = new JsonArray([.. all.Select(path => (JsonNode)path)]) };
    }

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "36",
        ["emulationMajor"] = "1",
        ["emulationMinor"] = "36",
        ["minCompatibilityMajor"] = "1",
        ["minCompatibilityMinor"] = "35",
        ["gitVersion"] = GitVersion,
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2026-01-01T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "roslyn",
        ["platform"] = "any",
    };
}
