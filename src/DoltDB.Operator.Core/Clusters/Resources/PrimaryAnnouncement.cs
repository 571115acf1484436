using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>
/// The ConfigMap that tells pods which of them is the primary, so that a server that was primary and is not any more begins as a standby. It is apart from the
/// servers' configurations, which the Go operator's users compare word by word.
/// </summary>
internal static class PrimaryAnnouncement
{
    /// <summary>Where pods find it.</summary>
    public const string MountPath = "/etc/doltdb-primary";

    /// <summary>The file with the name of the pod. Empty while nobody knows: servers keep the role that they remember. Without the file they begin as standbys.</summary>
    public const string File = "primary";

    /// <summary>The ConfigMap; null without replication.</summary>
    public static ConfigMap? Render(RenderRequest request) => !request.Spec.IsReplicated() ? null : new ConfigMap
    {
        Metadata = ClusterResources.Meta(request, ClusterNames.CurrentPrimary(request.Name)),
        Data = new() { [File] = request.PrimaryOrdinal is { } primary ? ClusterNames.Pod(request.Name, primary) : "" },
    };

    /// <summary>The patch that names another pod.</summary>
    public static JsonObject Patch(string pod) => new() { ["data"] = new JsonObject { [File] = pod } };
}
