using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>What the API server does to Pods.</summary>
internal static class PodRules
{
    private const string ImmutableText =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static readonly KindRules Rules = new()
    {
        HasGeneration = true,
        AnswersDeleteWithObject = true,
        DeletesGracefully = true,
        PrepareForCreate = PrepareForCreate,
        PrepareForUpdate = static (pod, old, _) => KeepQualityOfService(pod, old),
        Validate = static (pod, old, _) => Validate(pod, old),
    };

    /// <summary>Seconds that the pod's processes get: at once when nothing runs.</summary>
    public static long GracePeriod(JsonObject pod, long? asked)
    {
        var spec = pod["spec"] as JsonObject;
        var isOver = (pod["status"] as JsonObject)?.Text("phase") is "Succeeded" or "Failed";
        if (string.IsNullOrEmpty(spec?.Text("nodeName")) || isOver)
            return 0;
        return asked ?? spec.Number("terminationGracePeriodSeconds") ?? 30;
    }

    private static void PrepareForCreate(JsonObject pod, AdmissionScope scope)
    {
        var spec = pod.Child("spec");
        spec.SetDefault("serviceAccountName", () => spec.Text("serviceAccount") ?? "default");
        spec.SetDefault("serviceAccount", () => spec.Text("serviceAccountName")!);
        spec.SetDefault("priority", () => 0);
        spec.SetDefault("preemptionPolicy", () => "PreemptLowerPriority");
        AddTolerations(spec);
        pod["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService(spec) };
    }

    /// <summary>What the DefaultTolerationSeconds admission plugin adds.</summary>
    private static void AddTolerations(JsonObject spec)
    {
        spec.SetDefault("tolerations", () => new JsonArray());
        var tolerations = spec["tolerations"]!.AsArray();
        foreach (var taint in new[] { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" })
        {
            var isTolerated = tolerations.OfType<JsonObject>().Any(t =>
                (t.Text("key") is null && t.Text("operator") == "Exists") || (t.Text("key") == taint && t.Text("effect") is null or "" or "NoExecute"));
            if (!isTolerated)
            {
                tolerations.Add((JsonNode)new JsonObject
                {
                    ["key"] = taint, ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = 300,
                });
            }
        }
    }

    private static string QualityOfService(JsonObject spec)
    {
        var containers = spec.Objects("containers").Concat(spec.Objects("initContainers")).Select(c => c["resources"] as JsonObject ?? []).ToList();
        if (containers.TrueForAll(static r => IsEmpty(r["limits"]) && IsEmpty(r["requests"])))
            return "BestEffort";
        return containers.TrueForAll(IsGuaranteed) ? "Guaranteed" : "Burstable";
    }

    private static bool IsEmpty(JsonNode? quantities) => quantities is not JsonObject { Count: > 0 };

    private static bool IsGuaranteed(JsonObject resources) => new[] { "cpu", "memory" }.All(name =>
        (resources["limits"] as JsonObject)?[name] is { } limit
        && ((resources["requests"] as JsonObject)?[name] ?? limit) is { } request
        && new Quantity(limit.ToString()).Equals(new Quantity(request.ToString())));

    private static void KeepQualityOfService(JsonObject pod, JsonObject old)
    {
        if (pod["status"] is JsonObject status && status["qosClass"] is null && old["status"]?["qosClass"] is { } known)
            status["qosClass"] = known.DeepClone();
    }

    private static IEnumerable<FieldProblem> Validate(JsonObject pod, JsonObject? old)
    {
        if (pod["spec"]?["containers"] is not JsonArray { Count: > 0 })
            yield return FieldProblem.Required("spec.containers");
        if (old is not null && !JsonNode.DeepEquals(Fixed(pod), Fixed(old)))
            yield return FieldProblem.Forbidden("spec", ImmutableText);
    }

    /// <summary>The part of the spec that may not change.</summary>
    private static JsonNode Fixed(JsonObject pod)
    {
        var spec = (pod["spec"]?.DeepClone() as JsonObject) ?? [];
        foreach (var container in spec.Objects("containers").Concat(spec.Objects("initContainers")))
            container.Remove("image");
        foreach (var name in new[] { "activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates", "ephemeralContainers" })
            spec.Remove(name);
        return spec;
    }

    /// <summary>Binds the pod to a node, as the scheduler asks.</summary>
    public static void Bind(JsonObject pod, string node, DateTimeOffset now)
    {
        pod.Child("spec")["nodeName"] = node;
        SetCondition(pod, new JsonObject
        {
            ["type"] = "PodScheduled", ["status"] = "True", ["lastProbeTime"] = null, ["lastTransitionTime"] = Time(now),
        });
    }

    /// <summary>Replaces the condition of the given one's type.</summary>
    public static void SetCondition(JsonObject pod, JsonObject condition)
    {
        var status = pod.Child("status");
        status.SetDefault("conditions", () => new JsonArray());
        var conditions = status["conditions"]!.AsArray();
        if (conditions.OfType<JsonObject>().FirstOrDefault(c => c.Text("type") == condition.Text("type")) is { } old)
            conditions.Remove(old);
        conditions.Add((JsonNode)condition);
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
