using System.Text.Json;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers.Garbage;

namespace DoltDB.Operator.Sandbox.Controllers.Namespaces;

/// <summary>Gives every namespace its default ServiceAccount and the root certificates, and empties namespaces that are being deleted.</summary>
internal sealed class NamespaceController(ControllerContext context, ObjectGraph graph) : IReconciler
{
    private const string DefaultAccount = "default";
    private const string RootCertificates = "kube-root-ca.crt";
    private const string NoFinalizers = """{"finalizers":[]}""";
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    /// <summary>Not followed by the graph, as nothing owns them.</summary>
    private static readonly ResourceKind<DependentObject> Events = new("", "v1", "Event", "events", true, ControllerJson.Default.DependentObject);

    private readonly IObjectCache<Namespace> namespaces = context.Caches.Get(BuiltInKinds.Namespace);
    private readonly IObjectCache<ServiceAccount> accounts = context.Caches.Get(BuiltInKinds.ServiceAccount);
    private readonly IObjectCache<ConfigMap> maps = context.Caches.Get(BuiltInKinds.ConfigMap);

    public static IController Create(ControllerContext context, ObjectGraph graph)
    {
        var controller = new NamespaceController(context, graph);
        return new Controller<Namespace>(ControllerContext.Options("namespaces"), controller.namespaces, controller, context.Services)
            .Watches(controller.accounts, static account => NamespaceOf(account.Metadata, DefaultAccount), static change => change.New is null)
            .Watches(controller.maps, static map => NamespaceOf(map.Metadata, RootCertificates), static change => change.New is null);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (namespaces.Get(key) is not { } ns)
            return ReconcileResult.Done;
        if (ns.Metadata.DeletionTimestamp is not null)
            return await EmptyAsync(ns, cancellationToken);
        var account = new ServiceAccount { Metadata = new ObjectMeta { Name = DefaultAccount, Namespace = key.Name } };
        var certificates = new ConfigMap
        {
            Metadata = new ObjectMeta { Name = RootCertificates, Namespace = key.Name },
            Data = new() { ["ca.crt"] = "" },
        };
        await EnsureAsync(accounts, account, cancellationToken);
        await EnsureAsync(maps, certificates, cancellationToken);
        return ReconcileResult.Done;
    }

    private static IEnumerable<NamespacedName> NamespaceOf(ObjectMeta metadata, string name) =>
        metadata.Name == name ? [new NamespacedName("", metadata.Namespace ?? "")] : [];

    private async Task EnsureAsync<T>(IObjectCache<T> cache, T wanted, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        if (cache.Get(NamespacedName.Of(wanted)) is not null)
            return;
        try
        {
            await context.Client.CreateAsync(cache.Kind, wanted, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code is 409 or 403)
        {
            // It is there already, or the namespace has just begun to go.
        }
    }

    /// <summary>Deletes what is in the namespace; lets the namespace go when nothing is left.</summary>
    private async Task<ReconcileResult> EmptyAsync(Namespace ns, CancellationToken cancellationToken)
    {
        if (ns.Spec is not { } spec || !spec.TryGetProperty("finalizers", out var finalizers) || finalizers.GetArrayLength() == 0)
            return ReconcileResult.Done;
        var left = new List<Leftover>();
        foreach (var kind in graph.Kinds.Where(static kind => kind.Namespaced).Append(Events))
            left.AddRange(await DeleteAllAsync(kind, ns.Metadata.Name!, cancellationToken));
        if (left.Count == 0)
        {
            using var none = JsonDocument.Parse(NoFinalizers);
            await context.Client.ReplaceAsync(BuiltInKinds.Namespace, ns with { Spec = none.RootElement.Clone() }, "finalize", cancellationToken);
            return ReconcileResult.Done;
        }

        var conditions = NamespaceConditions.Of(left, ns.Status?.Conditions, context.Now);
        if (!conditions.SequenceEqual(ns.Status?.Conditions ?? []))
        {
            var status = (ns.Status ?? new NamespaceStatus()) with { Conditions = conditions };
            await context.Client.ReplaceAsync(BuiltInKinds.Namespace, ns with { Status = status }, "status", cancellationToken);
        }

        return ReconcileResult.After(Retry);
    }

    private async Task<IReadOnlyList<Leftover>> DeleteAllAsync(ResourceKind<DependentObject> kind, string ns, CancellationToken cancellationToken)
    {
        IReadOnlyList<DependentObject> found;
        try
        {
            found = (await context.Client.ListAsync(kind, new ListOptions { Namespace = ns }, cancellationToken)).Items;
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            return [];
        }

        var left = new List<Leftover>();
        foreach (var resource in found)
        {
            var options = new DeleteOptions { Uid = resource.Metadata.Uid, PropagationPolicy = "Background" };
            if (resource.Metadata.DeletionTimestamp is null)
                await context.Client.DeleteAsync(kind, NamespacedName.Of(resource), options, cancellationToken);
            left.Add(new Leftover(kind.Group.Length == 0 ? kind.Plural + "." : $"{kind.Plural}.{kind.Group}", resource.Metadata.Finalizers ?? []));
        }

        return left;
    }
}
