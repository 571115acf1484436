using System.Text.Json;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Reads;

/// <summary>A field selector: <c>metadata.name=x,status.phase!=Running</c>.</summary>
internal sealed class FieldSelector
{
    public static readonly FieldSelector Everything = new([]);

    private readonly IReadOnlyList<Requirement> requirements;

    private FieldSelector(IReadOnlyList<Requirement> requirements) => this.requirements = requirements;

    public bool IsEmpty => requirements.Count == 0;

    /// <summary>The one object name that can match; null when several can.</summary>
    public string? Name => requirements.FirstOrDefault(r => r is { Field: "metadata.name", IsEqual: true })?.Value;

    /// <summary>The one namespace that can match; null when several can.</summary>
    public string? Namespace => requirements.FirstOrDefault(r => r is { Field: "metadata.namespace", IsEqual: true })?.Value;

    public static FieldSelector Parse(string? text, ResourceType type)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;
        var requirements = new List<Requirement>();
        foreach (var term in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var requirement = ParseTerm(term);
            if (requirement.Field is not ("metadata.name" or "metadata.namespace") && !type.SelectableFields.Contains(requirement.Field))
                throw Unknown(requirement.Field, type);
            requirements.Add(requirement);
        }

        return new FieldSelector(requirements);
    }

    public bool Matches(StoredObject stored)
    {
        foreach (var requirement in requirements)
        {
            var actual = requirement.Field switch
            {
                "metadata.name" => stored.Key.Name,
                "metadata.namespace" => stored.Key.Namespace,
                var field => Text(stored.Root, field),
            };
            if ((actual == requirement.Value) != requirement.IsEqual)
                return false;
        }

        return true;
    }

    private static Requirement ParseTerm(string term)
    {
        foreach (var (sign, isEqual) in new[] { ("!=", false), ("==", true), ("=", true) })
        {
            var at = term.IndexOf(sign, StringComparison.Ordinal);
            if (at >= 0)
                return new Requirement(term[..at].Trim(), isEqual, term[(at + sign.Length)..].Trim());
        }

        throw ApiErrors.BadRequest($"invalid field selector: \"{term}\"; can't understand '{term}'");
    }

    private static string Text(JsonElement root, string field)
    {
        if (field == "source")
            field = "source.component";
        return JsonPaths.Read(root, field) is not { } value ? Missing(field) : value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        };
    }

    private static string Missing(string field) => field == "spec.hostNetwork" ? "false" : "";

    private static StatusException Unknown(string field, ResourceType type) => ApiErrors.BadRequest(
        type.IsCustom || type.SelectableFields.Count > 0
            ? $"field label not supported: {field}"
            : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");

    private sealed record Requirement(string Field, bool IsEqual, string Value);
}
