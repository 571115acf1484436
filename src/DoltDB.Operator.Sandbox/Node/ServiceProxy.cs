using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>
/// Makes the addresses of Services work: listens on each cluster IP and port and passes connections to a ready endpoint. A Service
/// without a ready endpoint refuses, as in a cluster.
/// </summary>
internal sealed class ServiceProxy : IAsyncDisposable
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";

    private readonly IObjectCache<EndpointSlice> slices;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<(NamespacedName Service, string Address, int Port), PortForwarder> forwarders = new();
    private readonly IDisposable subscription;
    private readonly Random random;

    /// <summary>Starts to serve the Services of the cache; the caches must be synced.</summary>
    public ServiceProxy(IObjectCache<Service> services, IObjectCache<EndpointSlice> slices, Random random, ILogger logger)
    {
        this.slices = slices;
        this.logger = logger;
        this.random = random;
        slices.AddIndex(ServiceNameLabel, static slice =>
            slice.Metadata.Labels?.GetValueOrDefault(ServiceNameLabel) is { } service ? [$"{slice.Metadata.Namespace}/{service}"] : []);
        subscription = services.Subscribe(OnService);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        subscription.Dispose();
        foreach (var forwarder in forwarders.Values)
            await forwarder.DisposeAsync();
    }

    /// <summary>The ready endpoints of a Service's port. Pure.</summary>
    internal static IReadOnlyList<IPEndPoint> ReadyEndpoints(IEnumerable<EndpointSlice> slices, string? portName) =>
    [
        .. from slice in slices
           from port in slice.Ports ?? []
           where (port.Name ?? "") == (portName ?? "") && port.Port is not null
           from endpoint in slice.Endpoints ?? []
           where endpoint.Conditions?.Ready != false
           from address in endpoint.Addresses ?? []
           select new IPEndPoint(IPAddress.Parse(address), port.Port!.Value),
    ];

    private void OnService(CacheChange<Service> change)
    {
        var wanted = Ports(change.New).ToList();
        foreach (var (key, _) in Ports(change.Old))
        {
            if (!wanted.Exists(port => port.Key == key) && forwarders.TryRemove(key, out var stale))
                _ = stale.DisposeAsync().AsTask();
        }

        foreach (var (key, portName) in wanted)
        {
            if (!forwarders.ContainsKey(key))
                Listen(key, portName);
        }
    }

    private void Listen((NamespacedName Service, string Address, int Port) key, string? portName)
    {
        try
        {
            forwarders[key] = PortForwarder.Start(
                new IPEndPoint(IPAddress.Parse(key.Address), key.Port), () => Pick(slices.Lookup(ServiceNameLabel, key.Service.ToString()), portName));
        }
        catch (SocketException exception)
        {
            Log.ServiceNotServed(logger, key.Service.ToString(), key.Address, key.Port, exception.Message);
        }
    }

    private IPEndPoint? Pick(IReadOnlyList<EndpointSlice> of, string? portName)
    {
        var ready = ReadyEndpoints(of, portName);
        lock (random)
            return ready.Count == 0 ? null : ready[random.Next(ready.Count)];
    }

    private static IEnumerable<((NamespacedName Service, string Address, int Port) Key, string? PortName)> Ports(Service? service) =>
        service?.Spec is { ClusterIP: { Length: > 0 } address, Selector.Count: > 0 } spec && address != "None"
            ? (spec.Ports ?? []).Select(port => ((NamespacedName.Of(service), address, port.Port), port.Name))
            : [];
}
