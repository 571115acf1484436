using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>The schema of one kind, compiled: what the API server does to an object before it is stored. Safe for concurrent use.</summary>
internal sealed class ObjectSchema
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required SchemaNode Root { get; init; }

    /// <summary>False for custom resources.</summary>
    public bool IsBuiltIn { get; init; }

    /// <summary>Status is written through its own endpoint and ignored by the main one.</summary>
    public bool HasStatusSubresource { get; init; }

    /// <summary>Path of the replica count that the scale subresource writes, split at dots; empty without one.</summary>
    public IReadOnlyList<string> ScaleReplicasPath { get; init; } = [];

    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary>The object as the server's own type shows it when nothing has been set: zero values only. Empty for custom resources.</summary>
    public JsonObject ZeroValue => zeroValue ??= Defaulter.ZeroValue(Root);

    private JsonObject? zeroValue;

    /// <summary>A schema that accepts every object of a kind and keeps it as it is.</summary>
    public static ObjectSchema Permissive(string group, string version, string kind) =>
        new() { Group = group, Version = version, Kind = kind, Root = SchemaNode.Permissive };

    /// <summary>Drops the fields that the schema does not know; returns their paths, sorted.</summary>
    public IReadOnlyList<string> Prune(JsonObject obj) => Pruner.Prune(obj, Root);

    /// <summary>Fills in defaults where the parent exists; null of a field that may not be null counts as absent.</summary>
    public void ApplyDefaults(JsonObject obj) => Defaulter.Apply(obj, Root);

    /// <summary>Everything wrong with the object; empty when it is valid.</summary>
    /// <param name="obj">The object, pruned and with its defaults.</param>
    /// <param name="old">The stored object that it replaces; null on create. Transition rules need it.</param>
    public IReadOnlyList<FieldProblem> Validate(JsonObject obj, JsonObject? old)
    {
        var problems = new List<FieldProblem>();
        Validator.Check(obj, Root, "", problems);
        ListItems.CheckDuplicates(obj, Root, "", problems);
        if (Root.ContainsRules)
        {
            if (problems.Exists(p => p.BlocksRules)) problems.Add(RulesSkipped);
            else RuleChecker.Check(obj, old, Root, "", problems);
        }

        CheckScale(obj, problems);
        return problems;
    }

    /// <summary>How the list at a field path is merged; atomic when the path leads to no list.</summary>
    /// <param name="path">Field names from the root; lists are passed through without an index.</param>
    public (ListKind Kind, IReadOnlyList<string> Keys) ListStrategy(params ReadOnlySpan<string> path)
    {
        var node = Root;
        foreach (var name in path)
        {
            while (node?.Items is not null) node = node.Items;
            node = node?.Child(name);
        }

        return node is null ? (ListKind.Atomic, []) : (node.List, node.ListKeys);
    }

    private static FieldProblem RulesSkipped { get; } = FieldProblem.Invalid("<nil>", null,
        "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation");

    private void CheckScale(JsonObject obj, List<FieldProblem> problems)
    {
        JsonNode? node = ScaleReplicasPath.Count == 0 ? null : obj;
        foreach (var name in ScaleReplicasPath) node = (node as JsonObject)?[name];
        if (JsonFacts.TryInteger(node, out var replicas) && replicas < 0)
        {
            problems.Add(FieldProblem.Invalid("." + string.Join('.', ScaleReplicasPath), node, "should be a non-negative integer"));
        }
    }
}
