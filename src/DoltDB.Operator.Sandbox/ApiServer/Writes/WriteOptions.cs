using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Writes;

/// <summary>What to do about fields that a schema does not know.</summary>
internal enum FieldValidation
{
    Warn,
    Ignore,
    Strict,
}

/// <summary>Query parameters of create, update and patch.</summary>
internal sealed record WriteOptions(bool IsDryRun, string FieldManager, FieldValidation FieldValidation, bool? Force)
{
    private const int LongestManager = 128;

    /// <param name="request">The request.</param>
    /// <param name="kind">Name of the options in messages: CreateOptions, UpdateOptions, PatchOptions.</param>
    public static WriteOptions Parse(ApiRequest request, string kind)
    {
        var manager = request.Query["fieldManager"] ?? "";
        if (manager.Length > LongestManager)
            throw ApiErrors.InvalidOptions(kind, FieldProblem.TooLong("fieldManager", LongestManager));
        return new WriteOptions(
            IsDry(request.Query.All("dryRun"), kind),
            manager.Length > 0 ? manager : DefaultManager(request.UserAgent),
            Validation(request.Query["fieldValidation"], kind),
            request.Query["force"] is null ? null : request.Query.IsTrue("force"));
    }

    public static bool IsDry(IReadOnlyList<string> values, string kind)
    {
        if (values.Any(value => value is not ("All" or "")))
        {
            var given = new JsonArray([.. values.Select(value => (JsonNode)value)]);
            throw ApiErrors.InvalidOptions(kind, FieldProblem.NotSupported("dryRun", given, "\"All\""));
        }

        return values.Contains("All");
    }

    private static string DefaultManager(string userAgent)
    {
        var name = userAgent.Split('/')[0];
        return name.Length == 0 ? "unknown" : name[..Math.Min(name.Length, LongestManager)];
    }

    private static FieldValidation Validation(string? text, string kind) => text switch
    {
        null or "" or "Warn" => FieldValidation.Warn,
        "Ignore" => FieldValidation.Ignore,
        "Strict" => FieldValidation.Strict,
        _ => throw ApiErrors.InvalidOptions(kind, FieldProblem.NotSupported("fieldValidation", text, "\"\", \"Ignore\", \"Strict\", \"Warn\"")),
    };
}
