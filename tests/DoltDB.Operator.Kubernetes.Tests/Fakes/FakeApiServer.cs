using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Kubernetes.Tests.Fakes;

/// <summary>A small API server in memory: versions, conflicts, watches that can be cut and expire, failures on demand.</summary>
internal sealed class FakeApiServer
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Plural, NamespacedName Name), KubernetesObject> objects = [];
    private readonly List<(long Version, string Plural, WatchEventType Type, KubernetesObject Object)> history = [];
    private long version = 100;
    private long compacted;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource watches = new();

    /// <summary>Objects that lack the shape of their kind, from their next version on.</summary>
    public HashSet<string> Spoilt { get; } = [];

    /// <summary>Requests so far, as <c>verb plural/name</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>What the server makes of an object that is written: fields that it drops or rewrites.</summary>
    public Func<KubernetesObject, KubernetesObject> Normalize { get; set; } = static resource => resource;

    /// <summary>Requests of a verb.</summary>
    public int Count(string verb)
    {
        lock (gate)
            return Requests.Count(request => request.StartsWith(verb + " ", StringComparison.Ordinal));
    }

    /// <summary>Namespaces in which nothing may be listed or watched.</summary>
    public HashSet<string> Forbidden { get; } = [];

    /// <summary>A client whose requests pass <paramref name="before"/> first, which may throw or wait.</summary>
    public IKubernetesClient Connect(Func<string, CancellationToken, Task>? before = null) => new Client(this, before ?? ((_, _) => Task.CompletedTask));

    public T Put<T>(ResourceKind<T> kind, T resource)
        where T : KubernetesObject
    {
        lock (gate)
        {
            var key = (kind.Plural, NamespacedName.Of(resource));
            var exists = objects.TryGetValue(key, out var old);
            var stored = (T)(resource with
            {
                ApiVersion = kind.ApiVersion,
                Kind = kind.Kind,
                Metadata = resource.Metadata with
                {
                    ResourceVersion = (++version).ToString(CultureInfo.InvariantCulture),
                    Uid = old?.Metadata.Uid ?? resource.Metadata.Uid ?? $"uid-{version}",
                },
            });
            objects[key] = stored;
            Publish(kind.Plural, exists ? WatchEventType.Modified : WatchEventType.Added, stored);
            return stored;
        }
    }

    public void Remove<T>(ResourceKind<T> kind, NamespacedName name)
        where T : KubernetesObject
    {
        lock (gate)
        {
            if (!objects.Remove((kind.Plural, name), out var old))
                return;
            var stamped = (++version).ToString(CultureInfo.InvariantCulture);
            Publish(kind.Plural, WatchEventType.Deleted, old with { Metadata = old.Metadata with { ResourceVersion = stamped } });
        }
    }

    public T? Find<T>(ResourceKind<T> kind, NamespacedName name)
        where T : KubernetesObject
    {
        lock (gate)
            return (T?)objects.GetValueOrDefault((kind.Plural, name));
    }

    public IReadOnlyList<T> All<T>(ResourceKind<T> kind)
        where T : KubernetesObject
    {
        lock (gate)
            return [.. objects.Where(entry => entry.Key.Plural == kind.Plural).Select(entry => (T)entry.Value)];
    }

    /// <summary>Cuts every watch that is open, as a broken connection does.</summary>
    public void CutWatches()
    {
        CancellationTokenSource cut;
        lock (gate)
        {
            cut = watches;
            watches = new CancellationTokenSource();
        }

        cut.Cancel();
    }

    /// <summary>Forgets the history: a watch from an older version expires.</summary>
    public void Compact()
    {
        lock (gate)
        {
            compacted = ++version;
            history.Clear();
        }
    }

    /// <summary>Makes changes that no watch will ever see: it is cut before, and the history is gone after.</summary>
    public void Unseen(Action changes)
    {
        lock (gate)
        {
            changes();
            Compact();
            CutWatches();
        }
    }

    /// <summary>Comes back as it was long ago, as an etcd that is restored from a backup: with versions that clients are ahead of. Its watches break.</summary>
    public void Restore(Action changes)
    {
        lock (gate)
        {
            version = 1;
            compacted = 0;
            history.Clear();
            objects.Clear();
            changes();
            CutWatches();
        }
    }

    private void Publish(string plural, WatchEventType type, KubernetesObject resource)
    {
        history.Add((version, plural, type, resource));
        changed.SetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Client(FakeApiServer server, Func<string, CancellationToken, Task> before) : IKubernetesClient
    {
        public async Task<T?> GetAsync<T>(ResourceKind<T> kind, NamespacedName name, CancellationToken cancellationToken)
            where T : class, IKubernetesObject
        {
            await BeginAsync("get", kind.Plural, name.Name, cancellationToken);
            lock (server.gate)
                return (T?)(object?)server.objects.GetValueOrDefault((kind.Plural, name));
        }

        public async Task<ObjectList<T>> ListAsync<T>(ResourceKind<T> kind, ListOptions options, CancellationToken cancellationToken)
            where T : class, IKubernetesObject
        {
            await BeginAsync("list", kind.Plural, "", cancellationToken);
            RefuseForbidden(options.Namespace);
            lock (server.gate)
            {
                var items = server.objects
                    .Where(entry => entry.Key.Plural == kind.Plural && (options.Namespace is null || entry.Key.Name.Namespace == options.Namespace))
                    .Select(entry => entry.Value)
                    .ToLookup(resource => server.Spoilt.Contains(resource.Metadata.Name!));
                return new ObjectList<T>([.. items[false].Select(resource => (T)(object)resource)], server.version.ToString(CultureInfo.InvariantCulture))
                {
                    Unreadable = [.. items[true].Select(Unreadable)],
                };
            }
        }

        public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
            ResourceKind<T> kind,
            WatchOptions options,
            [EnumeratorCancellation] CancellationToken cancellationToken)
            where T : class, IKubernetesObject
        {
            await BeginAsync("watch", kind.Plural, options.ResourceVersion, cancellationToken);
            RefuseForbidden(options.Namespace);
            var at = long.Parse(options.ResourceVersion, CultureInfo.InvariantCulture);
            CancellationToken cut;
            lock (server.gate)
                cut = server.watches.Token;
            while (true)
            {
                Task more;
                (long Version, string Plural, WatchEventType Type, KubernetesObject Object)[] events;
                lock (server.gate)
                {
                    if (at < server.compacted)
                        throw new KubernetesException(410, "Expired", "too old resource version");
                    more = server.changed.Task;
                    events = [.. server.history.Where(entry => entry.Version > at)];
                }

                foreach (var entry in events)
                {
                    at = entry.Version;
                    if (entry.Plural == kind.Plural && (options.Namespace is null || entry.Object.Metadata.Namespace == options.Namespace))
                        yield return Event<T>(entry.Type, entry.Object, at.ToString(CultureInfo.InvariantCulture));
                }

                await WaitAsync(more, cut, cancellationToken);
            }
        }

        public async Task<T> CreateAsync<T>(ResourceKind<T> kind, T resource, CancellationToken cancellationToken)
            where T : class, IKubernetesObject
        {
            await BeginAsync("create", kind.Plural, resource.Metadata.Name!, cancellationToken);
            lock (server.gate)
            {
                if (server.objects.ContainsKey((kind.Plural, NamespacedName.Of(resource))))
                    throw new KubernetesException(409, "AlreadyExists", "already exists");
                return Store(kind, resource);
            }
        }

        public async Task<T> ReplaceAsync<T>(ResourceKind<T> kind, T resource, string? subresource, CancellationToken cancellationToken)
            where T : class, IKubernetesObject
        {
            await BeginAsync("update", kind.Plural, resource.Metadata.Name!, cancellationToken);
            lock (server.gate)
            {
                if (!server.objects.TryGetValue((kind.Plural, NamespacedName.Of(resource)), out var old))
                    throw new KubernetesException(404, "NotFound", "not found");
                if (old.Metadata.ResourceVersion != resource.Metadata.ResourceVersion)
                    throw new KubernetesException(409, "Conflict", "the object has been modified");
                return Store(kind, resource);
            }
        }

        public async Task<T> ApplyAsync<T>(ResourceKind<T> kind, T resource, string fieldManager, string? subresource, CancellationToken cancellationToken)
            where T : class, IKubernetesObject
        {
            await BeginAsync("apply", kind.Plural, resource.Metadata.Name!, cancellationToken);
            lock (server.gate)
                return Store(kind, resource);
        }

        public async Task<T> MergePatchAsync<T>(ResourceKind<T> kind, NamespacedName name, JsonObject patch, string? subresource, CancellationToken cancellationToken)
            where T : class, IKubernetesObject
        {
            await BeginAsync("patch", kind.Plural, name.Name, cancellationToken);
            lock (server.gate)
            {
                if (!server.objects.TryGetValue((kind.Plural, name), out var old))
                    throw new KubernetesException(404, "NotFound", "not found");
                var merged = JsonSerializer.SerializeToNode((T)(object)old, kind.TypeInfo)!.AsObject();
                foreach (var (key, value) in patch)
                    merged[key] = value?.DeepClone();
                return Store(kind, merged.Deserialize(kind.TypeInfo)!);
            }
        }

        public async Task<bool> DeleteAsync<T>(ResourceKind<T> kind, NamespacedName name, DeleteOptions options, CancellationToken cancellationToken)
            where T : class, IKubernetesObject
        {
            await BeginAsync("delete", kind.Plural, name.Name, cancellationToken);
            lock (server.gate)
                return server.objects.Remove((kind.Plural, name));
        }

        public Task<EvictionResult> EvictAsync(NamespacedName pod, DeleteOptions options, CancellationToken cancellationToken) =>
            throw new NotSupportedException("no test evicts through this fake");

        public Task BindAsync(NamespacedName pod, string node, CancellationToken cancellationToken) =>
            throw new NotSupportedException("no test binds through this fake");

        private static UnreadableObject Unreadable(KubernetesObject resource) => new(resource.Metadata, "The value is none. Path: $.data.");

        private WatchEvent<T> Event<T>(WatchEventType type, KubernetesObject resource, string version)
            where T : class, IKubernetesObject => server.Spoilt.Contains(resource.Metadata.Name!)
                ? new WatchEvent<T>(type, null, version) { Unreadable = Unreadable(resource) }
                : new WatchEvent<T>(type, (T)(object)resource, version);

        private static async Task WaitAsync(Task more, CancellationToken cut, CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cut, cancellationToken);
            try
            {
                await more.WaitAsync(either.Token);
            }
            catch (OperationCanceledException exception) when (cut.IsCancellationRequested)
            {
                throw new IOException("the connection was cut", exception);
            }
        }

        private T Store<T>(ResourceKind<T> kind, T resource)
            where T : class, IKubernetesObject
        {
            var generic = server.Normalize((KubernetesObject)(object)resource);
            var key = (kind.Plural, NamespacedName.Of(resource));
            var exists = server.objects.TryGetValue(key, out var old);
            var stored = generic with
            {
                ApiVersion = kind.ApiVersion,
                Kind = kind.Kind,
                Metadata = generic.Metadata with
                {
                    ResourceVersion = (++server.version).ToString(CultureInfo.InvariantCulture),
                    Uid = old?.Metadata.Uid ?? $"uid-{server.version}",
                },
            };
            server.objects[key] = stored;
            server.Publish(kind.Plural, exists ? WatchEventType.Modified : WatchEventType.Added, stored);
            return (T)(object)stored;
        }

        private void RefuseForbidden(string? ns)
        {
            lock (server.gate)
            {
                if (ns is not null && server.Forbidden.Contains(ns))
                    throw new KubernetesException(403, "Forbidden", $"cannot list in the namespace \"{ns}\"");
            }
        }

        private async Task BeginAsync(string verb, string plural, string name, CancellationToken cancellationToken)
        {
            lock (server.gate)
                server.Requests.Add($"{verb} {plural}/{name}");
            cancellationToken.ThrowIfCancellationRequested();
            await before(verb, cancellationToken);
        }
    }
}
