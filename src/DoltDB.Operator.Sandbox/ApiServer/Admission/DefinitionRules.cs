using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>What the API server does to CustomResourceDefinitions. Their schemas are compiled when they are served.</summary>
internal static class DefinitionRules
{
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    public static readonly KindRules Rules = new()
    {
        HasGeneration = true,
        PrepareForCreate = static (definition, scope) =>
        {
            CompleteNames(definition);
            definition["status"] = Accepted(definition, PodRules.Time(scope.Now));
        },
        PrepareForUpdate = static (definition, _, _) =>
        {
            CompleteNames(definition);
            FollowSpec(definition);
        },
        Validate = Validate,
    };

    private static void CompleteNames(JsonObject definition)
    {
        var names = definition.Child("spec").Child("names");
        if (names.Text("kind") is not { } kind)
            return;
        names.SetDefault("singular", () => kind.ToLowerInvariant());
        names.SetDefault("listKind", () => kind + "List");
    }

    /// <summary>The status of a definition that is served: here nothing ever conflicts.</summary>
    private static JsonObject Accepted(JsonObject definition, string now) => new()
    {
        ["acceptedNames"] = definition["spec"]!["names"]!.DeepClone(),
        ["conditions"] = new JsonArray(
            Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
            Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now)),
        ["storedVersions"] = new JsonArray([.. StorageVersions(definition).Select(name => (JsonNode)name)]),
    };

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type, ["status"] = "True", ["lastTransitionTime"] = now, ["reason"] = reason, ["message"] = message,
    };

    private static void FollowSpec(JsonObject definition)
    {
        if (definition["status"] is not JsonObject status)
            return;
        status["acceptedNames"] = definition["spec"]!["names"]!.DeepClone();
        status.SetDefault("storedVersions", () => new JsonArray());
        var stored = status["storedVersions"]!.AsArray();
        foreach (var version in StorageVersions(definition))
        {
            if (!stored.Any(known => known?.ToString() == version))
                stored.Add((JsonNode)version);
        }
    }

    private static IEnumerable<string> StorageVersions(JsonObject definition) =>
        (definition["spec"] as JsonObject).Objects("versions").Where(version => version.Flag("storage")).Select(version => version.Text("name") ?? "");

    private static IEnumerable<FieldProblem> Validate(JsonObject definition, JsonObject? old, AdmissionScope scope)
    {
        var spec = definition["spec"] as JsonObject ?? [];
        var names = spec["names"] as JsonObject;
        var expected = $"{names?.Text("plural")}.{spec.Text("group")}";
        if (definition["metadata"]?["name"]?.ToString() is { } name && name != expected)
            yield return FieldProblem.Invalid("metadata.name", name, $"must be spec.names.plural+\".\"+spec.group");
        if (spec.Text("scope") is not ("Namespaced" or "Cluster"))
            yield return FieldProblem.NotSupported("spec.scope", spec["scope"], "\"Cluster\", \"Namespaced\"");
        if (StorageVersions(definition).Count() != 1)
            yield return FieldProblem.Invalid("spec.versions", spec["versions"], "must have exactly one version marked as storage version");
        var at = 0;
        foreach (var version in spec.Objects("versions"))
        {
            if (version["schema"]?["openAPIV3Schema"] is null)
                yield return FieldProblem.Required($"spec.versions[{at}].schema.openAPIV3Schema", "schemas are required");
            at++;
        }

        if (old is null)
            yield break;
        if (spec.Text("group") != old["spec"]?["group"]?.ToString())
            yield return FieldProblem.Invalid("spec.group", spec["group"], "field is immutable");
        if (spec.Text("scope") != old["spec"]?["scope"]?.ToString())
            yield return FieldProblem.Invalid("spec.scope", spec["scope"], "field is immutable");
    }
}
