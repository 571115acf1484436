using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>Runs the validation rules of a schema over an object, next to the stored one.</summary>
internal static class RuleChecker
{
    public static void Check(JsonNode value, JsonNode? old, SchemaNode schema, string path, List<FieldProblem> problems)
    {
        if (!schema.ContainsRules) return;
        foreach (var rule in schema.Rules)
        {
            if (rule.IsTransition && old is null) continue;
            if (rule.Check(value, old, path) is { } problem) problems.Add(problem);
        }

        switch (value)
        {
            case JsonObject fields:
                foreach (var (name, child) in fields)
                {
                    if (child is null || schema.Child(name) is not { } node) continue;
                    Check(child, (old as JsonObject)?[name], node, path.Length == 0 ? name : path + "." + name, problems);
                }

                break;
            case JsonArray array when schema.Items is { } items:
                for (var i = 0; i < array.Count; i++)
                {
                    if (array[i] is { } item) Check(item, Counterpart(item, old as JsonArray, schema), items, $"{path}[{i}]", problems);
                }

                break;
        }
    }

    /// <summary>Only items of map lists have an identity that links them to an old item.</summary>
    private static JsonNode? Counterpart(JsonNode item, JsonArray? old, SchemaNode list)
    {
        if (old is null || list.List != ListKind.Map || ListItems.PathKey(list, item) is not { } key) return null;
        foreach (var candidate in old)
        {
            if (ListItems.PathKey(list, candidate) == key) return candidate;
        }

        return null;
    }
}
