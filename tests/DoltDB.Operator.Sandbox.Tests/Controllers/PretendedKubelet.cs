using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

/// <summary>Makes bound pods ready at once (or lets them end as their annotation <c>ends</c> says), and lets deleted ones go.</summary>
internal sealed class PretendedKubelet(IKubernetesClient client, ControllerBench bench)
{
    private int lastAddress;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var all = await client.ListAsync(BuiltInKinds.Pod, new ListOptions(), cancellationToken);
            await foreach (var change in client.WatchAsync(BuiltInKinds.Pod, new WatchOptions { ResourceVersion = all.ResourceVersion }, cancellationToken))
            {
                if (change is { Type: WatchEventType.Added or WatchEventType.Modified, Object: { } pod } && !bench.Stuck.Contains(pod.Metadata.Name!))
                    await TryAsync(pod, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task TryAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            await SeeAsync(pod, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code is 404 or 409)
        {
            // The event is old: the pod is gone, or another one has its name.
        }
    }

    private async Task SeeAsync(Pod pod, CancellationToken cancellationToken)
    {
        var name = NamespacedName.Of(pod);
        if (pod.Metadata.DeletionTimestamp is not null)
            await client.DeleteAsync(BuiltInKinds.Pod, name, new DeleteOptions { GracePeriodSeconds = 0, Uid = pod.Metadata.Uid }, cancellationToken);
        else if (pod.Spec?.NodeName is not null && pod.Status?.Phase == "Pending")
            await client.MergePatchAsync(BuiltInKinds.Pod, name, pod.Metadata.Annotations?.GetValueOrDefault("ends") is { } phase ? Ended(phase) : Running($"127.10.0.{++lastAddress}"), "status", cancellationToken);
    }

    private static JsonObject Ended(string phase) => new() { ["status"] = new JsonObject { ["phase"] = phase } };

    private static JsonObject Running(string address) => new()
    {
        ["status"] = new JsonObject
        {
            ["phase"] = "Running",
            ["podIP"] = address,
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True", ["lastTransitionTime"] = "2026-01-01T00:00:00Z" }),
        },
    };
}
