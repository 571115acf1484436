using System.Globalization;
using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.SimulatedDolt;
using DoltDB.Operator.Simulation.Time;

namespace DoltDB.Operator.Simulation.World;

/// <summary>Everything that one run consists of: the API server, its controllers, nodes, servers, operators and a client, on one clock and one source of chance.</summary>
internal sealed class SimulatedWorld : IAsyncDisposable
{
    private const int TraceLimit = 20000;

    private readonly Dictionary<string, SimulatedPod> pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedPod> byAddress = new(StringComparer.Ordinal);
    private readonly HashSet<(string From, string To)> cuts = [];
    private readonly Queue<string> trace = new();
    private readonly Relay podEvents;
    private int addresses;

    private SimulatedWorld(VirtualTime time, int seed, string directory, SandboxApiServer api)
    {
        (Time, Random, Directory, Api) = (time, new Random(seed), directory, api);
        Client = api.Connect("world");
        Network = new SimulatedNetwork(time);
        Invariants = new Invariants(this);
        Availability = new Availability(this);
        Restraints = new Restraints(this);
        podEvents = new Relay(time, Go);
    }

    public VirtualTime Time { get; }

    public Random Random { get; }

    public string Directory { get; }

    public SandboxApiServer Api { get; }

    /// <summary>Access without faults.</summary>
    public KubernetesClient Client { get; }

    public SimulatedNetwork Network { get; }

    public Invariants Invariants { get; }

    public Availability Availability { get; }

    public Restraints Restraints { get; }

    public const string Name = "db";

    /// <summary>A database that users restore from a backup of the client's, and drop.</summary>
    public const string Archive = "archive";

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Chance that the API refuses a request of an operator.</summary>
    public double ApiErrorRate { get; set; }

    /// <summary>Chance that the API does what an operator asks for and the answer is lost.</summary>
    public double LostAnswerRate { get; set; }

    /// <summary>Whether two operators lead at the moment.</summary>
    public bool IsOverlapping { get; set; }

    /// <summary>Whether the server of that pod refuses the statement.</summary>
    public Func<string, string, bool> Refuses { get; set; } = static (_, _) => false;

    /// <summary>The first broken invariant.</summary>
    public string? Violation { get; private set; }

    public IEnumerable<SimulatedPod> Pods => pods.Values;

    public static async Task<SimulatedWorld> StartAsync(VirtualTime time, int seed)
    {
        var parent = System.IO.Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var directory = Path.Combine(parent, $"doltdb-simulation-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}");
        System.IO.Directory.CreateDirectory(directory);
        var options = new SandboxApiServerOptions { Listen = null, Definitions = Definitions, Time = time, Random = new Random(seed) };
        var world = new SimulatedWorld(time, seed, directory, await SandboxApiServer.StartAsync(options, CancellationToken.None));
        world.Api.Follow("/pods", change => world.podEvents.Deliver(() => world.OnPod(change), TimeSpan.FromMilliseconds(world.Random.Next(1, 10))));
        world.Api.Follow("/persistentvolumeclaims", world.OnClaim);
        world.Api.Follow("k8s.dolthub.com/doltdbs", world.Restraints.OnCluster);
        await SimulatedControllers.StartAsync(world);
        return world;
    }

    private static IReadOnlyList<string> Definitions { get; } = [.. CrdsCommand.ReadAll()];

    /// <summary>Notes what happened, for the one who reads a failed run.</summary>
    public void Trace(string line)
    {
        trace.Enqueue($"{Time.Elapsed.TotalSeconds,9:0.000} {line}");
        if (trace.Count > TraceLimit)
            trace.Dequeue();
    }

    /// <summary>An invariant is broken; the first one counts.</summary>
    public void Violate(string what)
    {
        Trace($"BROKEN: {what}");
        Violation ??= what;
    }

    public string TraceText => string.Join('\n', trace);

    /// <summary>Waits for a random number of milliseconds.</summary>
    public Task DelayAsync(int from, int to) => Task.Delay(TimeSpan.FromMilliseconds(from + (Random.NextDouble() * (to - from))), Time);

    public T Pick<T>(IReadOnlyList<T> values) => values[Random.Next(values.Count)];

    /// <summary>The pod of that name that runs now, or null.</summary>
    public SimulatedPod? Pod(string name) => pods.GetValueOrDefault(name) is { IsGone: false } pod ? pod : null;

    public SimulatedPod? PodAt(string address) => byAddress.GetValueOrDefault(address);

    public SimulatedDoltServer? ServerAt(string address) => PodAt(address)?.Server;

    public void Cut(string from, string to)
    {
        cuts.Add((from, to));
        if (Pod(from) is { } sender && Pod(to) is { } receiver)
            Network.Cut(sender.HostName, receiver.HostName);
    }

    public void Heal()
    {
        cuts.Clear();
        Network.HealAll();
        foreach (var pod in pods.Values)
            pod.IsLost = false;
    }

    public void Heal(string from, string to)
    {
        cuts.Remove((from, to));
        if (Pod(from) is { } sender && Pod(to) is { } receiver)
            Network.Heal(sender.HostName, receiver.HostName);
    }

    /// <summary>Whether nothing passes from there to the pod of that name or address.</summary>
    public bool IsCut(string from, string to) => cuts.Contains((from, PodAt(to)?.Name ?? to)) || PodAt(to)?.IsLost == true;

    /// <summary>The newest state of an object of the namespace.</summary>
    public StoredObject? Read(string resource, string name) => Api.Objects.Get(new ObjectKey(resource, "default", name));

    public Secret? Secret(string name) => Read("/secrets", name) is { } stored ? JsonSerializer.Deserialize(stored.Json.Span, KubernetesJson.Default.Secret) : null;

    public DoltDb? Cluster() => Read("k8s.dolthub.com/doltdbs", Name) is { } stored ? JsonSerializer.Deserialize(stored.Json.Span, ApiJson.Default.DoltDb) : null;

    /// <summary>The directory of the pod's data volume.</summary>
    public string VolumeOf(Pod pod)
    {
        var directory = Path.Combine(Directory, "volumes", pod.Spec!.Volumes!.First(volume => volume.PersistentVolumeClaim is not null).PersistentVolumeClaim!.ClaimName);
        System.IO.Directory.CreateDirectory(directory);
        return directory;
    }

    /// <summary>Empties the volume of a member, as a replaced disk is.</summary>
    public void Wipe(string pod)
    {
        var directory = Path.Combine(Directory, "volumes", $"{ClusterNames.ClaimPrefix(Name)}-{pod[(Name.Length + 1)..]}");
        if (System.IO.Directory.Exists(directory))
            System.IO.Directory.Delete(directory, recursive: true);
    }

    /// <summary>Names of the ready pods that the write Service selects.</summary>
    public List<string> Routed()
    {
        if ((Read("/services", ClusterNames.Primary(Name)) ?? Read("/services", Name)) is not { } service || !service.Root.GetProperty("spec").TryGetProperty("selector", out var selector))
            return [];
        var wanted = selector.EnumerateObject().Select(static label => (label.Name, Value: label.Value.GetString())).ToList();
        return [.. Api.Objects.List("/pods", "default").Items
            .Where(pod => !pod.IsTerminating && wanted.TrueForAll(label => pod.Label(label.Name) == label.Value) && IsReady(pod))
            .Select(pod => pod.Key.Name)];
    }

    /// <summary>Whether the API server says that the pod is ready, and is to stay.</summary>
    public bool IsReady(string pod) => Read("/pods", pod) is { IsTerminating: false } stored && IsReady(stored);

    /// <summary>The server that users write to, where it works and takes writes; null without one.</summary>
    public SimulatedPod? Primary() => Routed() is [var name] && Pod(name) is { Server.Engine: { IsStopped: false, IsWritable: true, Running.IsCompleted: true } } pod ? pod : null;

    /// <summary>Runs something beside everything else; what it throws breaks the run.</summary>
    public void Go(Func<Task> work)
    {
        _ = GoAsync();

        async Task GoAsync()
        {
            try
            {
                await work();
            }
            catch (Exception exception)
            {
                Violate(exception.ToString());
            }
        }
    }

    public async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (KubernetesException exception)
        {
            // The object is gone or was changed: its next event brings the next attempt.
            Trace($"(refused: {exception.Code} {exception.Reason})");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in pods.Values)
            pod.Server?.Kill();
        Client.Dispose();
        await Api.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static bool IsReady(StoredObject pod) =>
        pod.Root.TryGetProperty("status", out var status) && status.TryGetProperty("conditions", out var conditions)
        && conditions.EnumerateArray().Any(condition => condition.GetProperty("type").GetString() == "Ready" && condition.GetProperty("status").GetString() == "True");

    private void OnPod(StoreEvent change)
    {
        var name = change.Object.Key.Name;
        var known = pods.GetValueOrDefault(name);
        if (change.IsDelete)
        {
            if (known?.Uid == change.Object.Uid)
                known.Vanish();
            return;
        }

        var pod = JsonSerializer.Deserialize(change.Object.Json.Span, KubernetesJson.Default.Pod)!;
        if (pod.Spec?.NodeName is null)
            return;
        if (known?.Uid != pod.Metadata.Uid)
        {
            addresses++;
            var address = $"10.0.{(addresses / 250).ToString(CultureInfo.InvariantCulture)}.{(addresses % 250).ToString(CultureInfo.InvariantCulture)}";
            known?.Vanish();
            known = pods[name] = byAddress[address] = new SimulatedPod(this, pod, address);
            Trace($"{name} is a new pod at {address}");
            Go(known.RunAsync);
        }

        if (pod.Metadata.DeletionTimestamp is not null)
            known!.Terminate(TimeSpan.FromSeconds(pod.Metadata.DeletionGracePeriodSeconds ?? 30));
    }

    private void OnClaim(StoreEvent change)
    {
        if (change.IsDelete && System.IO.Directory.Exists(Path.Combine(Directory, "volumes", change.Object.Key.Name)))
            System.IO.Directory.Delete(Path.Combine(Directory, "volumes", change.Object.Key.Name), recursive: true);
    }
}
