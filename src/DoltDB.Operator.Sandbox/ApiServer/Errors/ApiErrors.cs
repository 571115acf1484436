using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Errors;

/// <summary>The failures of an API server, in its words.</summary>
internal static class ApiErrors
{
    public static StatusException NotFound(ResourceType type, string name) =>
        new(404, "NotFound", $"{type.QualifiedPlural} \"{name}\" not found") { Details = Details(type, name) };

    public static StatusException UnknownResource() =>
        new(404, "NotFound", "the server could not find the requested resource") { Details = [] };

    public static StatusException AlreadyExists(ResourceType type, string name, bool isTerminating) =>
        new(409, "AlreadyExists", $"{(isTerminating ? "object is being deleted: " : "")}{type.QualifiedPlural} \"{name}\" already exists")
        {
            Details = Details(type, name),
        };

    public static StatusException Modified(ResourceType type, string name) =>
        Conflict(type, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static StatusException Conflict(ResourceType type, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedPlural} \"{name}\": {why}") { Details = Details(type, name) };

    /// <summary>A delete precondition that does not hold; unlike other conflicts it names the kind.</summary>
    public static StatusException Precondition(ResourceType type, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedKind} \"{name}\": {why}")
        {
            Details = Details(name, type.Group, type.Kind),
        };

    public static StatusException BadRequest(string message) => new(400, "BadRequest", message);

    public static StatusException Internal(string message) => new(500, null, message);

    public static StatusException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { Details = [] };

    public static StatusException NotImplemented(string what) =>
        new(501, "NotImplemented", $"{what} is not served by the sandbox API server");

    public static StatusException Expired(string message) => new(410, "Expired", message);

    public static StatusException Forbidden(ResourceType type, string name, string why) =>
        new(403, "Forbidden", $"{type.QualifiedPlural} \"{name}\" is forbidden: {why}") { Details = Details(type, name) };

    public static StatusException NamespaceNotFound(string ns) =>
        new(404, "NotFound", $"namespaces \"{ns}\" not found") { Details = Details(ns, "", "namespaces") };

    public static StatusException NamespaceTerminating(ResourceType type, string name, string ns) =>
        new(403, "Forbidden", $"{type.QualifiedPlural} \"{name}\" is forbidden: unable to create new content in namespace {ns} because it is being terminated")
        {
            Details = With(Details(type, name), Cause("NamespaceTerminating", $"namespace {ns} is being terminated", "metadata.namespace")),
        };

    public static StatusException Invalid(ResourceType type, string name, IReadOnlyList<FieldProblem> problems) =>
        Invalid(type.Kind, type.Group, name, problems);

    /// <summary>Refused query options, for example <c>PatchOptions.meta.k8s.io</c>.</summary>
    public static StatusException InvalidOptions(string kind, params IReadOnlyList<FieldProblem> problems) =>
        Invalid(kind, "meta.k8s.io", "", problems);

    public static StatusException Invalid(string kind, string group, string name, IReadOnlyList<FieldProblem> problems)
    {
        var texts = problems.Select(problem => $"{problem.Field}: {problem.Message}").Distinct(StringComparer.Ordinal).ToList();
        var text = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        return new StatusException(422, "Invalid", $"{qualified} \"{name}\" is invalid: {text}")
        {
            Details = With(Details(name, group, kind), [.. problems.Select(problem => Cause(problem.Reason, problem.Message, problem.Field))]),
        };
    }

    /// <summary>Server-side apply touches fields of other managers.</summary>
    public static StatusException ApplyConflict(Apply.ApplyConflictException conflict) => new(409, "Conflict", conflict.Message)
    {
        Details = With([], [.. conflict.Conflicts.Select(one => Cause("FieldManagerConflict", one.Message, one.Field))]),
    };

    public static StatusException InvalidPatch() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request") { Details = [] };

    public static StatusException UnsupportedMediaType(IEnumerable<string> accepted) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");

    public static StatusException NotAcceptable() =>
        new(406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml");

    public static StatusException FutureVersion(long asked, long current) =>
        new(504, "Timeout", string.Create(CultureInfo.InvariantCulture, $"Timeout: Too large resource version: {asked}, current: {current}"))
        {
            Details = new JsonObject
            {
                ["causes"] = new JsonArray(Cause("ResourceVersionTooLarge", "Too large resource version", null)),
                ["retryAfterSeconds"] = 1,
            },
            RetryAfterSeconds = 1,
        };

    public static JsonObject Cause(string reason, string message, string? field)
    {
        var cause = new JsonObject { ["reason"] = reason, ["message"] = message };
        if (field is not null)
            cause["field"] = field;
        return cause;
    }

    public static JsonObject Details(ResourceType type, string name) => Details(name, type.Group, type.Plural);

    private static JsonObject Details(string name, string group, string kind)
    {
        var details = new JsonObject();
        if (name.Length > 0)
            details["name"] = name;
        if (group.Length > 0)
            details["group"] = group;
        details["kind"] = kind;
        return details;
    }

    private static JsonObject With(JsonObject details, params IReadOnlyList<JsonObject> causes)
    {
        details["causes"] = new JsonArray([.. causes]);
        return details;
    }
}
