using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using static DoltDB.Operator.Sandbox.ApiServer.Tables.TableColumn;

namespace DoltDB.Operator.Sandbox.ApiServer.Tables;

/// <summary>The columns that API servers have for their own kinds.</summary>
internal static class BuiltInColumns
{
    /// <summary>The columns of the kind.</summary>
    public static IReadOnlyList<TableColumn> Of(string kind) => kind switch
    {
        "Pod" => Pod,
        "StatefulSet" => [ObjectName, Text("Ready", ReadyReplicas), Age],
        "Deployment" => [ObjectName, Text("Ready", ReadyReplicas), At("Up-to-date", ".status.updatedReplicas"), At("Available", ".status.availableReplicas"), Age],
        "Service" => [ObjectName, At("Type", ".spec.type"), At("Cluster-IP", ".spec.clusterIP"), Text("External-IP", static _ => "<none>"), Text("Port(s)", ServicePorts), Age, Text("Selector", static r => Labels(r, ".spec.selector"), 1)],
        "PersistentVolumeClaim" => [ObjectName, At("Status", ".status.phase"), At("Volume", ".spec.volumeName"), At("Capacity", ".status.capacity.storage"), Text("Access Modes", AccessModes), At("StorageClass", ".spec.storageClassName"), Age],
        "PersistentVolume" => [ObjectName, At("Capacity", ".spec.capacity.storage"), Text("Access Modes", AccessModes), At("Reclaim Policy", ".spec.persistentVolumeReclaimPolicy"), At("Status", ".status.phase"), Text("Claim", Claim), At("StorageClass", ".spec.storageClassName"), Age],
        "StorageClass" => [ObjectName, At("Provisioner", ".provisioner"), At("ReclaimPolicy", ".reclaimPolicy"), At("VolumeBindingMode", ".volumeBindingMode"), At("AllowVolumeExpansion", ".allowVolumeExpansion"), Age],
        "ConfigMap" => [ObjectName, Text("Data", static r => Count(r, ".data")), Age],
        "Secret" => [ObjectName, At("Type", ".type"), Text("Data", static r => Count(r, ".data")), Age],
        "Event" => Event,
        "Namespace" => [ObjectName, At("Status", ".status.phase"), Age],
        "Node" => [ObjectName, Text("Status", static r => Condition(r, "Ready") == "True" ? "Ready" : "NotReady"), Text("Roles", static _ => "<none>"), Age, At("Version", ".status.nodeInfo.kubeletVersion")],
        "EndpointSlice" => [ObjectName, At("AddressType", ".addressType"), Text("Ports", SlicePorts), Text("Endpoints", SliceAddresses), Age],
        "Job" => [ObjectName, Text("Status", JobStatus), Text("Completions", static r => $"{Shown(r, ".status.succeeded", "0")}/{Shown(r, ".spec.completions", "1")}"), Age],
        "CronJob" => [ObjectName, At("Schedule", ".spec.schedule"), At("Timezone", ".spec.timeZone"), At("Suspend", ".spec.suspend"), Text("Active", static r => Count(r, ".status.active")), new("Last Schedule", "string", 0, static (r, now) => JsonPaths.Read(r, ".status.lastScheduleTime") is { } last ? AgeOf(last, now) : "<none>"), Age],
        "PodDisruptionBudget" => [ObjectName, Text("Min Available", static r => Shown(r, ".spec.minAvailable", "N/A")), Text("Max Unavailable", static r => Shown(r, ".spec.maxUnavailable", "N/A")), At("Allowed Disruptions", ".status.disruptionsAllowed"), Age],
        "Lease" => [ObjectName, At("Holder", ".spec.holderIdentity"), Age],
        "NetworkPolicy" => [ObjectName, Text("Pod-Selector", static r => Labels(r, ".spec.podSelector.matchLabels")), Age],
        "ControllerRevision" => [ObjectName, Text("Controller", Owner), At("Revision", ".revision"), Age],
        "CustomResourceDefinition" => [ObjectName, At("Created At", ".metadata.creationTimestamp")],
        _ => [ObjectName, Age],
    };

    private static readonly TableColumn[] Pod =
    [
        ObjectName, Text("Ready", ReadyContainers), Text("Status", PodStatus), Text("Restarts", Restarts), Age,
        Text("IP", static r => Shown(r, ".status.podIP", "<none>"), 1), Text("Node", static r => Shown(r, ".spec.nodeName", "<none>"), 1),
    ];

    private static readonly TableColumn[] Event =
    [
        new("Last Seen", "string", 0, static (r, now) => AgeOf(JsonPaths.Read(r, ".lastTimestamp"), now)), At("Type", ".type"), At("Reason", ".reason"),
        Text("Object", static r => $"{Shown(r, ".involvedObject.kind", "").ToLowerInvariant()}/{Shown(r, ".involvedObject.name", "")}"), At("Message", ".message"),
        At("Name", ".metadata.name", priority: 1) with { Format = "name" },
    ];

    private static TableColumn Text(string name, Func<JsonElement, string> cell, int priority = 0) => new(name, "string", priority, (root, _) => cell(root));

    private static string Shown(JsonElement root, string path, string otherwise) => Value(JsonPaths.Read(root, path))?.ToString() is { Length: > 0 } text ? text : otherwise;

    private static IEnumerable<JsonElement> Items(JsonElement root, string path) =>
        JsonPaths.Read(root, path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    private static string Count(JsonElement root, string path) => JsonPaths.Read(root, path) switch
    {
        { ValueKind: JsonValueKind.Object } members => members.EnumerateObject().Count().ToString(CultureInfo.InvariantCulture),
        { ValueKind: JsonValueKind.Array } items => items.GetArrayLength().ToString(CultureInfo.InvariantCulture),
        _ => "0",
    };

    private static string Labels(JsonElement root, string path) =>
        JsonPaths.Read(root, path) is { ValueKind: JsonValueKind.Object } labels ? string.Join(',', labels.EnumerateObject().Select(label => $"{label.Name}={label.Value}")) : "<none>";

    private static string ReadyReplicas(JsonElement root) => $"{Shown(root, ".status.readyReplicas", "0")}/{Shown(root, ".spec.replicas", "1")}";

    private static string ServicePorts(JsonElement root)
    {
        var ports = Items(root, ".spec.ports").Select(port => $"{Shown(port, ".port", "")}/{Shown(port, ".protocol", "TCP")}").ToList();
        return ports.Count > 0 ? string.Join(',', ports) : "<none>";
    }

    private static string AccessModes(JsonElement root) => string.Join(',', Items(root, ".spec.accessModes").Select(mode => mode.GetString() switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        var other => other,
    }));

    private static string Claim(JsonElement root) =>
        JsonPaths.Read(root, ".spec.claimRef") is not null ? $"{Shown(root, ".spec.claimRef.namespace", "")}/{Shown(root, ".spec.claimRef.name", "")}" : "";

    private static string SlicePorts(JsonElement root) => string.Join(',', Items(root, ".ports").Select(port => Shown(port, ".port", ""))) is { Length: > 0 } ports ? ports : "<unset>";

    private static string SliceAddresses(JsonElement root) =>
        string.Join(',', Items(root, ".endpoints").SelectMany(endpoint => Items(endpoint, ".addresses").Select(address => address.GetString()))) is { Length: > 0 } all ? all : "<unset>";

    private static string? Condition(JsonElement root, string type) =>
        Items(root, ".status.conditions").Where(condition => Shown(condition, ".type", "") == type).Select(condition => Shown(condition, ".status", "")).FirstOrDefault();

    private static string JobStatus(JsonElement root) =>
        Condition(root, "Complete") == "True" ? "Complete" : Condition(root, "Failed") == "True" ? "Failed" : Condition(root, "Suspended") == "True" ? "Suspended" : "Running";

    private static string Owner(JsonElement root) =>
        Items(root, ".metadata.ownerReferences").Select(owner => $"{Shown(owner, ".kind", "").ToLowerInvariant()}/{Shown(owner, ".name", "")}").FirstOrDefault() ?? "<none>";

    private static string ReadyContainers(JsonElement root) =>
        $"{Items(root, ".status.containerStatuses").Count(status => JsonPaths.Read(status, ".ready") is { ValueKind: JsonValueKind.True })}/{Items(root, ".spec.containers").Count()}";

    private static string Restarts(JsonElement root) =>
        Items(root, ".status.containerStatuses").Sum(status => JsonPaths.Read(status, ".restartCount") is { ValueKind: JsonValueKind.Number } count ? count.GetInt32() : 0).ToString(CultureInfo.InvariantCulture);

    /// <summary>The phase, or what holds a container up.</summary>
    private static string PodStatus(JsonElement root)
    {
        if (JsonPaths.Read(root, ".metadata.deletionTimestamp") is not null)
            return "Terminating";
        var init = Items(root, ".status.initContainerStatuses").ToList();
        if (init.Exists(static status => JsonPaths.Read(status, ".state.terminated.reason")?.GetString() != "Completed"))
            return init.Select(status => Shown(status, ".state.waiting.reason", "")).FirstOrDefault(reason => reason is { Length: > 0 } and not "PodInitializing") is { } reason ? $"Init:{reason}" : $"Init:{init.Count(static status => JsonPaths.Read(status, ".state.terminated.reason")?.GetString() == "Completed")}/{init.Count}";
        foreach (var status in Items(root, ".status.containerStatuses"))
        {
            if (Shown(status, ".state.waiting.reason", Shown(status, ".state.terminated.reason", "")) is { Length: > 0 } why)
                return why;
        }

        return Shown(root, ".status.phase", "Unknown");
    }
}
