using System.Net;
using DoltDB.Operator.Sql;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Node;
using DoltDB.Operator.Sandbox.SimulatedDolt;

namespace DoltDB.Operator.Simulation.World;

/// <summary>A kubelet's work on one incarnation of a pod: init, server, readiness, restarts, graceful end.</summary>
internal sealed class SimulatedPod(SimulatedWorld world, Pod pod, string address)
{
    private const string Unstartable = "broken";
    private static readonly TimeSpan PreStopLimit = TimeSpan.FromSeconds(20);

    private readonly NamespacedName name = NamespacedName.Of(pod);
    private ContainerStatus container = new() { Name = "dolt", Image = pod.Spec!.Containers![0].Image, Ready = false, Started = false, RestartCount = 0 };
    private PodStatus? published = pod.Status;
    private readonly TaskCompletionSource ending = new();
    private TimeSpan grace;
    private bool isPrepared;

    public string Uid => pod.Metadata.Uid!;

    public string Name => pod.Metadata.Name!;

    public string Address => address;

    /// <summary>The server that runs now; null between starts.</summary>
    public SimulatedDoltServer? Server { get; private set; }

    /// <summary>Whether the node is lost: nothing reaches the pod and its kubelet does nothing.</summary>
    public bool IsLost { get; set; }

    /// <summary>When the pod was made.</summary>
    public DateTimeOffset Born { get; } = world.Now;

    /// <summary>Whether its kubelet says that it is ready.</summary>
    public bool IsReady => container.Ready == true;

    /// <summary>Whether the pod is over.</summary>
    public bool IsGone { get; private set; }

    public string HostName => $"{Name}.{pod.Spec!.Subdomain}.{name.Namespace}";

    /// <summary>Runs until the pod is deleted.</summary>
    public async Task RunAsync()
    {
        await world.DelayAsync(50, 300);
        for (var starts = 0; !ending.Task.IsCompleted; starts++)
        {
            if (starts > 0)
                await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(Math.Min(1 << Math.Min(starts, 4), 10)), world.Time), ending.Task);
            while (IsLost)
                await world.DelayAsync(200, 400);
            if (ending.Task.IsCompleted)
                break;
            if (Start() is not { } server)
            {
                await PublishAsync(new ContainerState { Waiting = new ContainerStateWaiting { Reason = "CrashLoopBackOff" } }, isReady: false);
                continue;
            }

            Server = server;
            await PublishAsync(new ContainerState { Running = new ContainerStateRunning { StartedAt = world.Now } }, isReady: false);
            await ProbeAsync(server);
            Server = null;
            container = container with { RestartCount = container.RestartCount + 1 };
            await PublishAsync(new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = 137 } }, isReady: false);
        }

        await FinishAsync();
    }

    /// <summary>The pod was deleted, or deleted with a shorter time to end.</summary>
    public void Terminate(TimeSpan newGrace)
    {
        grace = newGrace;
        if (ending.TrySetResult())
            world.Go(EndServerAsync);
        else if (newGrace <= TimeSpan.FromSeconds(1))
            Server?.Kill();
    }

    /// <summary>The object was removed by force: the server goes with it, unless nobody can tell the node.</summary>
    public void Vanish()
    {
        IsGone = true;
        grace = TimeSpan.Zero;
        ending.TrySetResult();
        world.Go(KillWhenFoundAsync);
    }

    private async Task KillWhenFoundAsync()
    {
        while (IsLost)
            await world.DelayAsync(200, 400);
        Server?.Kill();
    }

    private async Task EndServerAsync()
    {
        var began = world.Now;
        while (Server is { } server && !server.Engine.IsStopped)
        {
            var age = world.Now - began;
            var mayPrepare = age < PreStopLimit && age < grace;
            if (!IsLost && age >= grace)
                server.Kill();
            else if (!IsLost && server.Engine.Running.IsCompleted && (!mayPrepare || server.Engine.Cluster?.Role != Sandbox.SimulatedDolt.Cluster.ClusterRole.Primary))
                server.Terminate();
            await world.DelayAsync(100, 200);
        }
    }

    private SimulatedDoltServer? Start()
    {
        if (container.Image?.EndsWith(Unstartable, StringComparison.Ordinal) == true)
            return null;
        try
        {
            var data = world.VolumeOf(pod);
            var folders = pod.Spec!.Volumes!.Where(volume => volume.ConfigMap is not null).ToDictionary(volume => volume.Name, WriteOut);
            var sources = new EnvironmentSources(pod, IPAddress.Loopback, secret => world.Secret(secret), ReadConfigMap);
            var init = pod.Spec.InitContainers![0];
            var environment = EnvironmentResolver.Resolve(init.Env, sources);
            var paths = new PathMapping([.. init.VolumeMounts!.Where(mount => folders.ContainsKey(mount.Name)).Select(mount => KeyValuePair.Create(mount.MountPath, folders[mount.Name])), KeyValuePair.Create("/db", data)]);
            string Resolve(string path) => paths.ToHost(path) ?? path;
            isPrepared = isPrepared || SimulatedDoltInit.Run(data, environment, Resolve, world.Now.UtcDateTime, line => world.Trace($"{Name}: {line}")) == 0;
            if (!isPrepared)
                return null;
            return SimulatedDoltServer.Start(new SimulatedDoltOptions
            {
                HostName = HostName,
                WorkingDirectory = data,
                ConfigYaml = File.ReadAllText(Path.Combine(data, "config.yaml")),
                Environment = environment,
                Address = null,
                EngineVersion = container.Image?[(container.Image.LastIndexOf(':') + 1)..] ?? "",
                Network = world.Network,
                Clock = world.Time,
                Log = line => world.Trace($"{Name}: {line}"),
                ResolvePath = Resolve,
            });
        }
        catch (Exception exception) when (exception is ContainerStartException or Sandbox.SimulatedDolt.Configuration.ServerConfigException)
        {
            world.Trace($"{Name} does not start: {exception.Message}");
            return null;
        }
    }

    private ConfigMap? ReadConfigMap(string name) => world.Read("/configmaps", name) is { } stored ? JsonSerializer.Deserialize(stored.Json.Span, KubernetesJson.Default.ConfigMap) : null;

    private string WriteOut(Volume volume)
    {
        var map = ReadConfigMap(volume.ConfigMap!.Name!);
        if (map is null && volume.ConfigMap.Optional != true)
            throw new ContainerStartException("ContainerCreating", $"configmap \"{volume.ConfigMap.Name}\" not found");
        var folder = Path.Combine(world.Directory, "config", Name, volume.Name);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        foreach (var (file, text) in map?.Data ?? [])
            File.WriteAllText(Path.Combine(folder, file), text);
        return folder;
    }

    /// <summary>Readiness as the TCP probe sees it, every second, until the server has ended.</summary>
    private async Task ProbeAsync(SimulatedDoltServer server)
    {
        var silent = 0;
        await world.DelayAsync(50, 500);
        while (!server.Exited.IsCompleted)
        {
            silent = server.Engine.Running.IsCompleted ? 0 : silent + 1;
            await PublishAsync(container.State!, isReady: silent < 3);
            await server.Exited.CompletesWithinAsync(TimeSpan.FromSeconds(1), world.Time);
        }
    }

    private async Task FinishAsync()
    {
        while (Server is { Engine.IsStopped: false } || IsLost)
            await world.DelayAsync(100, 200);
        Server = null;
        IsGone = true;
        await world.TryAsync(() => world.Client.DeleteAsync(BuiltInKinds.Pod, name, new DeleteOptions { GracePeriodSeconds = 0, Uid = Uid }, CancellationToken.None));
    }

    private async Task PublishAsync(ContainerState state, bool isReady)
    {
        container = container with { State = state, Ready = isReady, Started = state.Running is not null, ImageID = "", ContainerID = "simulated://" };
        if (IsLost || IsGone)
            return;
        var init = new ContainerStatus { Name = "dolt-init", Ready = true, RestartCount = 0, State = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = 0 } } };
        var status = PodStatuses.Of(pod with { Status = published }, address, [init], [container], world.Now);
        if (PodStatuses.Same(published, status))
            return;
        published = status;
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = Uid }, ["status"] = JsonSerializer.SerializeToNode(status, KubernetesJson.Default.PodStatus) };
        await world.TryAsync(() => world.Client.MergePatchAsync(BuiltInKinds.Pod, name, patch, "status", CancellationToken.None));
    }

    /// <summary>What the node controller writes when it hears nothing of the node.</summary>
    public async Task MarkNotReadyAsync()
    {
        if (published is null || IsGone)
            return;
        var init = published.InitContainerStatuses ?? [];
        published = PodStatuses.Of(pod with { Status = published }, address, init, [container with { Ready = false }], world.Now);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = Uid }, ["status"] = JsonSerializer.SerializeToNode(published, KubernetesJson.Default.PodStatus) };
        await world.TryAsync(() => world.Client.MergePatchAsync(BuiltInKinds.Pod, name, patch, "status", CancellationToken.None));
    }
}
