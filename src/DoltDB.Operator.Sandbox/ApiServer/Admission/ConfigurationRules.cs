using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>What the API server does to configuration, namespaces, events, leases, budgets and roles.</summary>
internal static partial class ConfigurationRules
{
    public static readonly KindRules ConfigMap = new() { Validate = static (map, old, _) => ImmutableProblems(map, old) };

    public static readonly KindRules Secret = new()
    {
        PrepareForCreate = static (secret, _) => MergeStringData(secret),
        PrepareForUpdate = static (secret, _, _) => MergeStringData(secret),
        Validate = static (secret, old, _) =>
        [
            .. old is not null && secret.Text("type") != old.Text("type")
                ? [FieldProblem.Invalid("type", secret["type"], "field is immutable")]
                : Array.Empty<FieldProblem>(),
            .. ImmutableProblems(secret, old),
        ],
    };

    public static readonly KindRules Namespace = new()
    {
        AnswersDeleteWithObject = true,
        Names = NameRule.Label,
        PrepareForCreate = static (ns, _) =>
        {
            ns["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
            ns["status"] = new JsonObject { ["phase"] = "Active" };
            LabelWithName(ns);
        },
        PrepareForUpdate = static (ns, _, _) => LabelWithName(ns),
    };

    public static readonly KindRules Event = new()
    {
        CreatesOnUpdate = true,
        PrepareForCreate = static (recorded, _) =>
        {
            recorded.SetDefault("source", () => new JsonObject());
            recorded.SetDefault("reportingComponent", () => "");
            recorded.SetDefault("reportingInstance", () => "");
        },
        Validate = static (recorded, old, scope) => old is null ? ValidateEvent(recorded, scope.Namespace) : [],
    };

    public static readonly KindRules Lease = new()
    {
        CreatesOnUpdate = true,
        Validate = static (lease, _, _) => ValidateLease(lease),
    };

    public static readonly KindRules Budget = new()
    {
        HasGeneration = true,
        PrepareForCreate = static (budget, _) => budget["status"] = new JsonObject
        {
            ["currentHealthy"] = 0, ["desiredHealthy"] = 0, ["disruptionsAllowed"] = 0, ["expectedPods"] = 0,
        },
        Validate = static (budget, _, _) => budget["spec"]?["minAvailable"] is not null && budget["spec"]?["maxUnavailable"] is not null
            ? [FieldProblem.Invalid("spec", budget["spec"], "minAvailable and maxUnavailable cannot be both set")]
            : [],
    };

    public static readonly KindRules Role = new() { CreatesOnUpdate = true, Names = NameRule.PathSegment };

    public static readonly KindRules RoleBinding = new()
    {
        CreatesOnUpdate = true,
        Names = NameRule.PathSegment,
        Validate = static (binding, old, _) => old is not null && !JsonNode.DeepEquals(binding["roleRef"], old["roleRef"])
            ? [FieldProblem.Invalid("roleRef", binding["roleRef"], "cannot change roleRef")]
            : [],
    };

    public static readonly KindRules EndpointSlice = new()
    {
        HasGeneration = true,
        Validate = static (slice, old, _) => old is not null && slice.Text("addressType") != old.Text("addressType")
            ? [FieldProblem.Invalid("addressType", slice["addressType"], "field is immutable")]
            : [],
    };

    /// <summary>A kind with a spec and a status that starts empty.</summary>
    public static readonly KindRules WithEmptyStatus = new()
    {
        HasGeneration = true,
        PrepareForCreate = static (obj, _) => obj["status"] = new JsonObject(),
    };

    /// <summary>A kind with a spec and nothing more.</summary>
    public static readonly KindRules WithSpec = new() { HasGeneration = true };

    private static void MergeStringData(JsonObject secret)
    {
        if (secret["stringData"] is not JsonObject texts)
            return;
        foreach (var (name, value) in texts)
            secret.Child("data")[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
        secret.Remove("stringData");
    }

    private static IEnumerable<FieldProblem> ImmutableProblems(JsonObject obj, JsonObject? old)
    {
        if (old is null || !old.Flag("immutable"))
            yield break;
        if (!obj.Flag("immutable"))
            yield return FieldProblem.Forbidden("immutable", "field is immutable when `immutable` is set");
        foreach (var name in new[] { "data", "binaryData" })
        {
            if (!JsonNode.DeepEquals(obj[name], old[name]))
                yield return FieldProblem.Forbidden(name, "field is immutable when `immutable` is set");
        }
    }

    private static void LabelWithName(JsonObject ns)
    {
        var metadata = ns.Child("metadata");
        metadata.Child("labels")["kubernetes.io/metadata.name"] = metadata.Text("name");
    }

    private static IEnumerable<FieldProblem> ValidateEvent(JsonObject recorded, string ns)
    {
        var about = (recorded["involvedObject"] as JsonObject)?.Text("namespace") ?? "";
        if (about != ns && !(about.Length == 0 && ns == "default"))
            yield return FieldProblem.Invalid("involvedObject.namespace", about, "does not match event.namespace");
    }

    private static IEnumerable<FieldProblem> ValidateLease(JsonObject lease)
    {
        var spec = lease["spec"] as JsonObject;
        if (spec?["leaseDurationSeconds"] is { } duration && spec.Number("leaseDurationSeconds") is not > 0)
            yield return FieldProblem.Invalid("spec.leaseDurationSeconds", duration, "must be greater than 0");
        foreach (var name in new[] { "acquireTime", "renewTime" })
        {
            if (spec?.Text(name) is { } time && !MicroTime().IsMatch(time))
                throw BadTime(time);
        }
    }

    private static Errors.StatusException BadTime(string time) => Errors.ApiErrors.BadRequest(
        $"Lease in version \"v1\" cannot be handled as a Lease: parsing time \"{time}\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"{time}\"");

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MicroTime();
}
