using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.Controllers.Storage;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>What the API server does to volumes, claims and storage classes.</summary>
internal static class StorageRules
{
    private const string Classes = "storage.k8s.io/storageclasses";

    public static readonly KindRules Claim = new()
    {
        PrepareForCreate = PrepareClaim,
        Validate = ValidateClaim,
    };

    public static readonly KindRules Volume = new()
    {
        PrepareForCreate = static (volume, _) =>
        {
            volume["status"] = new JsonObject { ["phase"] = "Pending" };
            AddFinalizer(volume, "kubernetes.io/pv-protection");
        },
    };

    public static readonly KindRules StorageClass = new()
    {
        Validate = static (storageClass, old, _) => old is null ? [] : new[] { "provisioner", "parameters", "reclaimPolicy", "volumeBindingMode" }
            .Where(name => !JsonNode.DeepEquals(storageClass[name], old[name]))
            .Select(name => FieldProblem.Forbidden(name, "updates to " + name + " are forbidden.")),
    };

    private static void PrepareClaim(JsonObject claim, AdmissionScope scope)
    {
        claim["status"] = new JsonObject { ["phase"] = "Pending" };
        AddFinalizer(claim, "kubernetes.io/pvc-protection");
        if (claim.Child("spec")["storageClassName"] is null && DefaultStorageClass(scope.Store) is { } name)
            claim.Child("spec")["storageClassName"] = name;
    }

    private static void AddFinalizer(JsonObject obj, string finalizer)
    {
        var metadata = obj.Child("metadata");
        metadata.SetDefault("finalizers", () => new JsonArray());
        var finalizers = metadata["finalizers"]!.AsArray();
        if (!finalizers.Any(f => f?.ToString() == finalizer))
            finalizers.Add((JsonNode)finalizer);
    }

    private static string? DefaultStorageClass(ObjectStore store) => store.List(Classes, null).Items
        .FirstOrDefault(c => JsonPaths.Read(c.Metadata, "annotations") is { } annotations
            && annotations.TryGetProperty(Volumes.DefaultClass, out var isDefault) && isDefault.GetString() == "true")?.Key.Name;

    private static IEnumerable<FieldProblem> ValidateClaim(JsonObject claim, JsonObject? old, AdmissionScope scope)
    {
        if (claim["spec"]?["accessModes"] is not JsonArray { Count: > 0 })
            yield return FieldProblem.Required("spec.accessModes", "at least 1 access mode is required");
        if (Requested(claim) is null)
            yield return FieldProblem.Required("spec.resources[storage]");
        if (old is null)
            yield break;
        if (!JsonNode.DeepEquals(Fixed(claim, old), Fixed(old, claim)))
        {
            yield return FieldProblem.Forbidden(
                "spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
        }

        var isBound = old["status"]?["phase"]?.ToString() == "Bound";
        if (Requested(claim) is not { } asked || Requested(old) is not { } before || asked == before)
            yield break;
        if (!isBound)
            yield return FieldProblem.Forbidden("spec.resources.requests.storage", "field can not be changed before the claim is bound");
        else if (asked < before && asked <= (Capacity(old) ?? 0))
            yield return FieldProblem.Forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
        else if (asked > before && !Expands(claim, scope.Store))
            throw NotExpandable(claim);
    }

    private static StatusException NotExpandable(JsonObject claim)
    {
        var name = claim["metadata"]!["name"]!.GetValue<string>();
        return new StatusException(
            403,
            "Forbidden",
            $"persistentvolumeclaims \"{name}\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions "
            + "the pvc must support resize")
        {
            Details = new JsonObject { ["name"] = name, ["kind"] = "persistentvolumeclaims" },
        };
    }

    private static bool Expands(JsonObject claim, ObjectStore store) =>
        store.Get(new ObjectKey(Classes, "", claim["spec"]?["storageClassName"]?.ToString() ?? "")) is { } storageClass
        && storageClass.Root.TryGetProperty("allowVolumeExpansion", out var allowed)
        && allowed.ValueKind == JsonValueKind.True;

    private static decimal? Requested(JsonObject claim) => Value(claim["spec"]?["resources"]?["requests"]?["storage"]);

    private static decimal? Capacity(JsonObject claim) => Value(claim["status"]?["capacity"]?["storage"]);

    private static decimal? Value(JsonNode? quantity) => quantity is null ? null : new Quantity(quantity.ToString()).Value;

    /// <summary>The part of the spec that may not change; what the other side does not have yet may be filled in once.</summary>
    private static JsonObject Fixed(JsonObject claim, JsonObject other)
    {
        var spec = (claim["spec"]?.DeepClone() as JsonObject) ?? [];
        (spec["resources"] as JsonObject)?.Remove("requests");
        spec.Remove("volumeAttributesClassName");
        foreach (var name in new[] { "volumeName", "storageClassName" })
        {
            if (string.IsNullOrEmpty(other["spec"]?[name]?.ToString()) || string.IsNullOrEmpty(spec.Text(name)))
                spec.Remove(name);
        }

        return spec;
    }
}
