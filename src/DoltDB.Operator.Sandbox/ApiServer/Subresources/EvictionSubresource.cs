using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Reads;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Subresources;

/// <summary>Evicts pods as far as PodDisruptionBudgets allow it.</summary>
internal sealed class EvictionSubresource(ObjectStore store, ObjectWriter writer, ObjectDeleter deleter, ResourceCatalog catalog, TimeProvider time)
{
    private static readonly WriteOptions Ours = new(false, "kube-apiserver", FieldValidation.Ignore, null);

    public ApiAnswer Create(WriteTarget target, ApiRequest request)
    {
        var pod = store.Get(target.Key) ?? throw ApiErrors.NotFound(target.Type, target.Name!);
        var eviction = BodyReader.ReadYaml(request.Body);
        var options = (eviction["deleteOptions"] as JsonObject) ?? [];
        var deletion = new Deletion(
            options.Text("propagationPolicy"),
            options.Number("gracePeriodSeconds"),
            (options["preconditions"] as JsonObject)?.Text("uid"),
            (options["preconditions"] as JsonObject)?.Text("resourceVersion"),
            options["dryRun"] is JsonArray { Count: > 0 } || request.Query.All("dryRun").Contains("All"));
        if (NeedsBudget(pod))
            Spend(target, pod, deletion.IsDryRun);
        if (!deletion.IsDryRun && !pod.IsTerminating)
            MarkDisrupted(target);
        deleter.Delete(target.Type, target.Key, deletion);
        return ApiAnswer.Json(201, new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201,
        });
    }

    private static bool NeedsBudget(StoredObject pod) =>
        !pod.IsTerminating && JsonPaths.Read(pod.Root, ".status.phase")?.GetString() is not ("Succeeded" or "Failed" or "Pending");

    /// <summary>Takes one disruption from the pod's budget, or refuses.</summary>
    private void Spend(WriteTarget target, StoredObject pod, bool isDryRun)
    {
        var budgets = store.List(BuiltInResources.Budgets, target.Namespace).Items.Where(budget => Covers(budget, pod)).ToList();
        if (budgets.Count > 1)
            throw ApiErrors.Internal("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        if (budgets.Count == 0 || MayGoUnhealthy(budgets[0], pod))
            return;
        if (isDryRun)
        {
            CheckAllowed(budgets[0].Copy());
            return;
        }

        var type = catalog.Required("policy", "v1", "poddisruptionbudgets");
        writer.Update(new WriteTarget(type, target.Namespace, budgets[0].Key.Name, "status"), Ours, budget =>
        {
            CheckAllowed(budget);
            var status = budget.Child("status");
            status["disruptionsAllowed"] = status.Number("disruptionsAllowed")!.Value - 1;
            status.Child("disruptedPods")[pod.Key.Name] = PodRules.Time(time.GetUtcNow());
            return budget;
        });
    }

    private static bool Covers(StoredObject budget, StoredObject pod) =>
        LabelSelector.FromObject(budget.Copy()["spec"]?["selector"] as JsonObject)?.Matches(pod) == true;

    /// <summary>A pod that is not ready costs nothing while the budget is met without it.</summary>
    private static bool MayGoUnhealthy(StoredObject stored, StoredObject pod)
    {
        var isReady = (pod.Copy()["status"] as JsonObject).Objects("conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True");
        if (isReady)
            return false;
        var budget = stored.Copy();
        var status = budget["status"] as JsonObject;
        var (healthy, desired) = (status.Number("currentHealthy") ?? 0, status.Number("desiredHealthy") ?? 0);
        return (budget["spec"] as JsonObject)?.Text("unhealthyPodEvictionPolicy") == "AlwaysAllow" || (desired > 0 && healthy >= desired);
    }

    private static void CheckAllowed(JsonObject budget)
    {
        var (metadata, status) = (budget.Child("metadata"), budget.Child("status"));
        var isObserved = (status.Number("observedGeneration") ?? 0) >= (metadata.Number("generation") ?? 0);
        if (isObserved && status.Number("disruptionsAllowed") > 0)
            return;
        var why = isObserved
            ? string.Create(CultureInfo.InvariantCulture, $"The disruption budget {metadata.Text("name")} needs {status.Number("desiredHealthy") ?? 0} healthy pods and has {status.Number("currentHealthy") ?? 0} currently")
            : $"The disruption budget {metadata.Text("name")} is still being processed by the server.";
        throw new StatusException(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
        {
            Details = new JsonObject { ["causes"] = new JsonArray(ApiErrors.Cause("DisruptionBudget", why, null)) },
        };
    }

    private void MarkDisrupted(WriteTarget target) => writer.Update(target with { Subresource = "status" }, Ours, pod =>
    {
        PodRules.SetCondition(pod, new JsonObject
        {
            ["type"] = "DisruptionTarget",
            ["status"] = "True",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = PodRules.Time(time.GetUtcNow()),
            ["reason"] = "EvictionByEvictionAPI",
            ["message"] = "Eviction API: evicting",
        });
        return pod;
    });
}
