using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>What the API server does to the kinds that make pods.</summary>
internal static class WorkloadRules
{
    private static readonly string[] StatefulSetMutable =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    public static readonly KindRules StatefulSet = new()
    {
        HasGeneration = true,
        PrepareForCreate = static (set, _) =>
        {
            set["status"] = new JsonObject { ["replicas"] = 0, ["availableReplicas"] = 0 };
            CompleteClaimTemplates(set);
        },
        PrepareForUpdate = static (set, _, _) => CompleteClaimTemplates(set),
        Validate = static (set, old, _) => ValidateStatefulSet(set, old),
    };

    public static readonly KindRules Deployment = WithSelector();

    public static readonly KindRules ReplicaSet = WithSelector() with
    {
        PrepareForCreate = static (set, _) => set["status"] = new JsonObject { ["replicas"] = 0 },
    };

    public static readonly KindRules Job = new()
    {
        HasGeneration = true,
        PrepareForCreate = static (job, _) =>
        {
            job["status"] = new JsonObject();
            SelectByUid(job);
        },
        Validate = static (job, old, _) => ValidateJob(job, old),
    };

    public static readonly KindRules CronJob = new()
    {
        HasGeneration = true,
        PrepareForCreate = static (job, _) => job["status"] = new JsonObject(),
    };

    public static readonly KindRules ControllerRevision = new()
    {
        Validate = static (revision, old, _) => old is not null && !JsonNode.DeepEquals(revision["data"], old["data"])
            ? [FieldProblem.Invalid("data", revision["data"], "field is immutable")]
            : [],
    };

    private static KindRules WithSelector() => new()
    {
        HasGeneration = true,
        PrepareForCreate = static (workload, _) => workload["status"] = new JsonObject(),
        Validate = static (workload, old, _) =>
        [
            .. SelectorProblems(workload),
            .. old is not null && !JsonNode.DeepEquals(workload["spec"]?["selector"], old["spec"]?["selector"])
                ? [FieldProblem.Invalid("spec.selector", workload["spec"]?["selector"], "field is immutable")]
                : Array.Empty<FieldProblem>(),
        ],
    };

    private static void CompleteClaimTemplates(JsonObject set)
    {
        foreach (var template in (set["spec"] as JsonObject).Objects("volumeClaimTemplates"))
        {
            template.SetDefault("kind", () => "PersistentVolumeClaim");
            template.SetDefault("apiVersion", () => "v1");
            template.SetDefault("status", () => new JsonObject { ["phase"] = "Pending" });
            template.Child("spec").SetDefault("volumeMode", () => "Filesystem");
        }
    }

    private static IEnumerable<FieldProblem> ValidateStatefulSet(JsonObject set, JsonObject? old)
    {
        foreach (var problem in SelectorProblems(set))
            yield return problem;
        if (set["spec"] is JsonObject spec && spec.Number("replicas") < 0)
            yield return FieldProblem.Invalid("spec.replicas", spec["replicas"], "must be greater than or equal to 0");
        if (set["spec"]?["updateStrategy"] is JsonObject strategy && strategy.Text("type") == "OnDelete" && strategy["rollingUpdate"] is { } rolling)
            yield return FieldProblem.Invalid("spec.updateStrategy.rollingUpdate", rolling, "only allowed for updateStrategy 'RollingUpdate'");
        if (old is not null && !JsonNode.DeepEquals(Without(set, StatefulSetMutable), Without(old, StatefulSetMutable)))
        {
            yield return FieldProblem.Forbidden(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }
    }

    private static IEnumerable<FieldProblem> SelectorProblems(JsonObject workload)
    {
        var spec = workload["spec"] as JsonObject;
        if (spec?["selector"]?["matchLabels"] is not JsonObject selector)
            yield break;
        var labels = spec["template"]?["metadata"]?["labels"] as JsonObject ?? [];
        if (selector.Any(wanted => labels[wanted.Key]?.ToString() != wanted.Value?.ToString()))
            yield return FieldProblem.Invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
    }

    private static void SelectByUid(JsonObject job)
    {
        var spec = job.Child("spec");
        if (spec.Flag("manualSelector") || spec["selector"] is not null)
            return;
        var uid = job["metadata"]!["uid"]!.GetValue<string>();
        var name = job["metadata"]!["name"]!.GetValue<string>();
        var labels = spec.Child("template").Child("metadata").Child("labels");
        foreach (var (label, value) in new[]
        {
            ("batch.kubernetes.io/controller-uid", uid), ("controller-uid", uid), ("batch.kubernetes.io/job-name", name), ("job-name", name),
        })
            labels[label] = value;
        spec["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid } };
    }

    private static IEnumerable<FieldProblem> ValidateJob(JsonObject job, JsonObject? old)
    {
        if (job["spec"]?["template"]?["spec"] is JsonObject pod && pod.Text("restartPolicy") is not ("Never" or "OnFailure"))
        {
            yield return FieldProblem.NotSupported(
                "spec.template.spec.restartPolicy", pod["restartPolicy"], "\"OnFailure\", \"Never\"");
        }

        foreach (var name in new[] { "selector", "template", "completionMode" })
        {
            if (old is not null && !JsonNode.DeepEquals(job["spec"]?[name], old["spec"]?[name]))
                yield return FieldProblem.Invalid($"spec.{name}", job["spec"]?[name], "field is immutable");
        }
    }

    private static JsonObject Without(JsonObject workload, IEnumerable<string> mutable)
    {
        var spec = (workload["spec"]?.DeepClone() as JsonObject) ?? [];
        foreach (var name in mutable)
            spec.Remove(name);
        return spec;
    }
}
