using System.Text.Json.Nodes;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Requests;

/// <summary>Annotations of a DoltDB by which its users ask the operator to do something once.</summary>
internal static class RequestAnnotations
{
    private const int MostAttempts = 5;

    /// <summary>The value that the DoltDB has; null when it has none.</summary>
    public static string? Read(DoltDb cluster, string annotation) => cluster.Metadata.Annotations?.GetValueOrDefault(annotation);

    /// <summary>Asks.</summary>
    public static Task AskAsync(Session session, string name, string annotation, string value, CancellationToken cancellationToken) =>
        session.Client.MergePatchAsync(DoltKinds.DoltDb, session.In(name), Patch(annotation, value, null), null, cancellationToken);

    /// <summary>Takes the request back unless another one took its place; true when it was there to take back.</summary>
    public static async Task<bool> WithdrawAsync(Session session, string name, string annotation, string value, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var cluster = await session.Client.GetAsync(DoltKinds.DoltDb, session.In(name), cancellationToken);
            if (cluster is null || Read(cluster, annotation) != value)
                return false;
            try
            {
                await session.Client.MergePatchAsync(DoltKinds.DoltDb, session.In(name), Patch(annotation, null, cluster.Metadata.ResourceVersion), null, cancellationToken);
                return true;
            }
            catch (KubernetesException exception) when (exception.IsConflict && attempt < MostAttempts)
            {
                // The operator wrote the status meanwhile.
            }
        }
    }

    private static JsonObject Patch(string annotation, string? value, string? resourceVersion)
    {
        var metadata = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } };
        if (resourceVersion is not null)
            metadata["resourceVersion"] = resourceVersion;
        return new JsonObject { ["metadata"] = metadata };
    }
}
