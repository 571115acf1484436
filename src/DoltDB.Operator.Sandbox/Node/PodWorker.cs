using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>Carries one incarnation of a pod from its binding to its end, and writes its status.</summary>
internal sealed class PodWorker
{
    private const int DefaultGraceSeconds = 30;

    private readonly NodeServices services;
    private readonly NamespacedName name;
    private readonly IPAddress address;
    private readonly List<ContainerSupervisor> init = [];
    private readonly List<ContainerSupervisor> main = [];
    private readonly SemaphoreSlim publishing = new(1, 1);
    private readonly CancellationTokenSource gone = new();
    private Pod pod;
    private PodStatus? published;
    private int terminating;

    public PodWorker(Pod pod, NodeServices services)
    {
        this.pod = pod;
        this.services = services;
        name = NamespacedName.Of(pod);
        address = services.Addresses.Of(name);
        var policy = pod.Spec?.RestartPolicy ?? "Always";
        init.AddRange((pod.Spec?.InitContainers ?? []).Select(container => Supervise(container, policy == "Always" ? "OnFailure" : policy, known: pod.Status?.InitContainerStatuses)));
        main.AddRange((pod.Spec?.Containers ?? []).Select(container => Supervise(container, policy, known: pod.Status?.ContainerStatuses)));
    }

    /// <summary>Identity of the incarnation.</summary>
    public string Uid => pod.Metadata.Uid ?? "";

    /// <summary>The pod as last seen.</summary>
    public Pod Pod => pod;

    /// <summary>The running main containers by name, for faults.</summary>
    public IRunningContainer? Container(string? containerName) =>
        main.FirstOrDefault(container => containerName is null || container.Status.Name == containerName)?.Running;

    /// <summary>Runs the pod until its containers have ended for good or the pod is gone.</summary>
    public async Task RunAsync()
    {
        try
        {
            await PublishAsync();
            foreach (var container in init)
            {
                await container.RunAsync();
                if (gone.IsCancellationRequested || terminating == 1 || container.Status.State?.Terminated is not { ExitCode: 0 })
                    return;
            }

            await Task.WhenAll(main.Select(container => container.RunAsync()));
        }
        catch (Exception exception)
        {
            Log.PodFailed(services.Logger, exception, name.ToString());
        }
    }

    /// <summary>Takes a newer state of the pod object; begins to end the pod when it asks for that.</summary>
    public void Update(Pod newer)
    {
        pod = newer;
        if (newer.Metadata.DeletionTimestamp is not null && Interlocked.Exchange(ref terminating, 1) == 0)
            _ = Task.Run(TerminateAsync);
    }

    /// <summary>Ends the pod without ceremony: its object is gone, or the sandbox stops.</summary>
    public async Task KillAsync()
    {
        await gone.CancelAsync();
        await Task.WhenAll(init.Concat(main).Select(container => container.KillAsync()));
    }

    private ContainerSupervisor Supervise(Container container, string policy, IReadOnlyList<ContainerStatus>? known)
    {
        // Containers of a sandbox that was stopped and started again have restarted, as after a node's reboot.
        var earlier = known?.FirstOrDefault(status => status.Name == container.Name);
        var restarts = earlier is null ? 0 : (earlier.RestartCount ?? 0) + (earlier.ContainerID is { Length: > 0 } ? 1 : 0);
        return new ContainerSupervisor(
            container, restarts, policy, () => Prepare(container), services.Runtime, services.Time, () => _ = Task.Run(PublishAsync));
    }

    private ContainerLaunch Prepare(Container container)
    {
        var ns = name.Namespace;
        var sources = new EnvironmentSources(
            pod, address, secret => services.Secrets(new NamespacedName(ns, secret)), configMap => services.ConfigMaps(new NamespacedName(ns, configMap)));
        var messageFile = TerminationMessages.Prepare(services.Volumes.OfTerminations(pod), container);
        var paths = services.Volumes.Mount(pod, container, messageFile, sources);
        var environment = EnvironmentResolver.Resolve(container.Env, sources);
        return new ContainerLaunch
        {
            Pod = name,
            Container = container with
            {
                Command = container.Command?.Select(word => EnvironmentResolver.Expand(word, environment)).ToList(),
                Args = container.Args?.Select(word => EnvironmentResolver.Expand(word, environment)).ToList(),
            },
            Address = address,
            Environment = environment,
            Paths = paths,
            Subdomain = pod.Spec?.Subdomain,
            TerminationMessageFile = messageFile,
            ReadLog = () => [.. services.Logs.Read(name, container.Name).Select(static line => line.Text)],
            Log = line => services.Logs.Append(name, container.Name, line),
        };
    }

    private async Task TerminateAsync()
    {
        try
        {
            var grace = TimeSpan.FromSeconds(Math.Max(1, pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec?.TerminationGracePeriodSeconds ?? DefaultGraceSeconds));
            await Task.WhenAll(init.Concat(main).Select(container => container.StopAsync(grace)));
            await PublishAsync();
            await services.Client.DeleteAsync(
                BuiltInKinds.Pod, name, new DeleteOptions { GracePeriodSeconds = 0, Uid = Uid }, services.Stopping);
        }
        catch (Exception exception) when (exception is KubernetesException or OperationCanceledException or HttpRequestException)
        {
            // Somebody else removed the pod, or the sandbox stops: either way the pod is over.
        }
    }

    private async Task PublishAsync()
    {
        try
        {
            await publishing.WaitAsync(gone.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            var status = PodStatuses.Of(pod, address.ToString(), [.. init.Select(c => c.Status)], [.. main.Select(c => c.Status)], services.Time.GetUtcNow());
            if (PodStatuses.Same(published, status))
                return;
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = Uid },
                ["status"] = JsonSerializer.SerializeToNode(status, KubernetesJson.Default.PodStatus),
            };
            pod = pod with { Status = status };
            await services.Client.MergePatchAsync(BuiltInKinds.Pod, name, patch, "status", services.Stopping);
            published = status;
        }
        catch (Exception exception) when (exception is KubernetesException or OperationCanceledException or HttpRequestException or TimeoutException)
        {
            Log.PodStatusNotWritten(services.Logger, name.ToString(), exception.Message);
        }
        finally
        {
            publishing.Release();
        }
    }
}

/// <summary>What every pod on the node needs.</summary>
internal sealed record NodeServices
{
    public required IKubernetesClient Client { get; init; }

    public required PodAddresses Addresses { get; init; }

    public required VolumeDirectories Volumes { get; init; }

    public required IContainerRuntime Runtime { get; init; }

    public required PodLogs Logs { get; init; }

    public required Func<NamespacedName, Secret?> Secrets { get; init; }

    public required Func<NamespacedName, ConfigMap?> ConfigMaps { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Cancelled when the sandbox stops.</summary>
    public required CancellationToken Stopping { get; init; }
}
