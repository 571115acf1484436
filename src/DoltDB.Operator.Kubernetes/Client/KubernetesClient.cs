using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>The API server over HTTP.</summary>
public sealed class KubernetesClient : IKubernetesClient, IDisposable
{
    private const int MostListAttempts = 3;
    private const string MergePatch = "application/merge-patch+json";
    private const string ApplyPatch = "application/apply-patch+yaml";

    private readonly HttpClient http;
    private readonly RequestSender sender;
    private readonly KubernetesClientOptions options;
    private readonly TimeProvider time;

    /// <summary>A client for the server that the configuration names.</summary>
    public KubernetesClient(
        KubernetesClientConfiguration configuration,
        KubernetesClientOptions options,
        TimeProvider time,
        KubernetesMetrics metrics,
        ILogger<KubernetesClient> logger)
        : this(configuration, HttpHandlers.Create(configuration, options), options, time, metrics, logger)
    {
    }

    /// <summary>A client that sends through the given handler, which it owns.</summary>
    public KubernetesClient(
        KubernetesClientConfiguration configuration,
        HttpMessageHandler handler,
        KubernetesClientOptions options,
        TimeProvider time,
        KubernetesMetrics metrics,
        ILogger<KubernetesClient> logger)
    {
        this.options = options;
        this.time = time;
        http = new HttpClient(handler)
        {
            BaseAddress = new Uri(configuration.Server.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = System.Net.HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        sender = new RequestSender(http, configuration.Credentials, options, time, metrics, logger);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <inheritdoc/>
    public async Task<T?> GetAsync<T>(ResourceKind<T> kind, NamespacedName name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var request = new ApiRequest(HttpMethod.Get, "get", kind.Kind, kind.ObjectPath(name));
        try
        {
            return await sender.SendAsync(request, kind.ReadObject, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ObjectList<T>> ListAsync<T>(ResourceKind<T> kind, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // A list that expires between its pages again and again is read in one piece at last.
                return await ListPagesAsync(kind, options, attempt == MostListAttempts ? null : options.PageSize, cancellationToken);
            }
            catch (KubernetesException exception) when (exception.IsExpired && attempt < MostListAttempts)
            {
                // Begin again: the pages read so far belong to a version that is gone.
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceKind<T> kind,
        WatchOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var uri = new QueryBuilder(kind.CollectionPath(options.Namespace))
            .With("watch", "true")
            .With("allowWatchBookmarks", "true")
            .With("resourceVersion", options.ResourceVersion)
            .With("timeoutSeconds", ((long)options.Timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture))
            .With("labelSelector", options.LabelSelector)
            .With("fieldSelector", options.FieldSelector)
            .ToString();
        using var guard = new CancellationTokenSource(options.Timeout + this.options.WatchMargin, time);
        using var response = await sender.OpenAsync(new ApiRequest(HttpMethod.Get, "watch", kind.Kind, uri) { Accept = Accept(kind, "PartialObjectMetadata") }, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var change in kind.ReadEventsAsync(stream, guard.Token, cancellationToken))
            yield return change;
    }

    /// <inheritdoc/>
    public Task<T> CreateAsync<T>(ResourceKind<T> kind, T resource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var request = new ApiRequest(HttpMethod.Post, "create", kind.Kind, kind.CollectionPath(resource.Metadata.Namespace))
        {
            Body = Json(kind.Typed(resource), kind.TypeInfo),
        };
        return sender.SendAsync(request, kind.ReadObject, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<T> ReplaceAsync<T>(ResourceKind<T> kind, T resource, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var request = new ApiRequest(HttpMethod.Put, "update", kind.Kind, kind.ObjectPath(NamespacedName.Of(resource), subresource))
        {
            Body = Json(kind.Typed(resource), kind.TypeInfo),
        };
        return sender.SendAsync(request, kind.ReadObject, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<T> ApplyAsync<T>(ResourceKind<T> kind, T resource, string fieldManager, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var uri = new QueryBuilder(kind.ObjectPath(NamespacedName.Of(resource), subresource)).With("fieldManager", fieldManager).With("force", "true");
        var request = new ApiRequest(HttpMethod.Patch, "apply", kind.Kind, uri.ToString())
        {
            Body = Json(kind.Typed(resource), kind.TypeInfo),
            ContentType = ApplyPatch,
        };
        return sender.SendAsync(request, kind.ReadObject, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<T> MergePatchAsync<T>(ResourceKind<T> kind, NamespacedName name, JsonObject patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            patch.WriteTo(writer);
        var uri = new QueryBuilder(kind.ObjectPath(name, subresource)).With("fieldManager", options.FieldManager).ToString();
        var request = new ApiRequest(HttpMethod.Patch, "patch", kind.Kind, uri) { Body = buffer.WrittenMemory, ContentType = MergePatch };
        return sender.SendAsync(request, kind.ReadObject, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync<T>(ResourceKind<T> kind, NamespacedName name, DeleteOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var request = new ApiRequest(HttpMethod.Delete, "delete", kind.Kind, kind.ObjectPath(name))
        {
            Body = Json(DeleteOptionsBody.From(options), ClientJson.Default.DeleteOptionsBody),
        };
        try
        {
            return await sender.SendAsync(request, static (in ReadOnlySequence<byte> _) => true, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<EvictionResult> EvictAsync(NamespacedName pod, DeleteOptions options, CancellationToken cancellationToken)
    {
        var kind = Objects.BuiltInKinds.Pod;
        var eviction = new EvictionBody("policy/v1", "Eviction", new EvictionMetadata(pod.Name, pod.Namespace), DeleteOptionsBody.From(options));
        var request = new ApiRequest(HttpMethod.Post, "evict", kind.Kind, kind.ObjectPath(pod, "eviction"))
        {
            Body = Json(eviction, ClientJson.Default.EvictionBody),
            TooManyRequestsIsAnAnswer = true,
        };
        try
        {
            return await sender.SendAsync(request, static (in ReadOnlySequence<byte> _) => EvictionResult.Evicted, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 429)
        {
            return EvictionResult.Refused;
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            return EvictionResult.Gone;
        }
    }

    /// <inheritdoc/>
    public Task BindAsync(NamespacedName pod, string node, CancellationToken cancellationToken)
    {
        var kind = Objects.BuiltInKinds.Pod;
        var binding = new BindingBody("v1", "Binding", new EvictionMetadata(pod.Name, pod.Namespace), new BindingTarget("v1", "Node", node));
        var request = new ApiRequest(HttpMethod.Post, "bind", kind.Kind, kind.ObjectPath(pod, "binding")) { Body = Json(binding, ClientJson.Default.BindingBody) };
        return sender.SendAsync(request, static (in ReadOnlySequence<byte> _) => true, cancellationToken);
    }

    /// <summary>
    /// What a container of the pod printed, line by line as it comes. The deadline covers the first answer only: with
    /// <see cref="PodLogOptions.Follow"/> the lines end when the container does.
    /// </summary>
    public async IAsyncEnumerable<string> ReadLogAsync(NamespacedName pod, PodLogOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var kind = Objects.BuiltInKinds.Pod;
        var uri = new QueryBuilder(kind.ObjectPath(pod, "log"))
            .With("container", options.Container)
            .With("follow", options.Follow ? "true" : null)
            .With("tailLines", options.TailLines?.ToString(CultureInfo.InvariantCulture))
            .With("previous", options.Previous ? "true" : null)
            .ToString();
        using var response = await sender.OpenAsync(new ApiRequest(HttpMethod.Get, "log", kind.Kind, uri), cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            yield return line;
    }

    private static ReadOnlyMemory<byte> Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private static string Accept<T>(ResourceKind<T> kind, string form)
        where T : class, IKubernetesObject => kind.IsMetadataOnly ? $"application/json;as={form};g=meta.k8s.io;v=v1" : "application/json";

    private async Task<ObjectList<T>> ListPagesAsync<T>(ResourceKind<T> kind, ListOptions options, int? pageSize, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var items = new List<T>();
        var unreadable = new List<UnreadableObject>();
        ListPage page;
        string? next = null;
        do
        {
            var uri = new QueryBuilder(kind.CollectionPath(options.Namespace))
                .With("limit", pageSize?.ToString(CultureInfo.InvariantCulture))
                .With("continue", next)
                .With("labelSelector", options.LabelSelector)
                .With("fieldSelector", options.FieldSelector)
                .ToString();
            var request = new ApiRequest(HttpMethod.Get, "list", kind.Kind, uri) { Accept = Accept(kind, "PartialObjectMetadataList") };
            page = await sender.SendAsync(request, (in ReadOnlySequence<byte> body) => kind.ReadPage(body, items, unreadable), cancellationToken);
            next = page.Continue;
        }
        while (next is not null);
        return new ObjectList<T>(items, page.ResourceVersion) { Unreadable = unreadable };
    }
}
