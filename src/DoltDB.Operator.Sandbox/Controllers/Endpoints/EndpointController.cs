using System.Globalization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Endpoints;

/// <summary>Keeps the EndpointSlices of Services that select pods.</summary>
internal sealed class EndpointController : IReconciler
{
    private readonly ControllerContext context;
    private readonly IObjectCache<Service> services;
    private readonly IObjectCache<EndpointSlice> slices;
    private readonly IObjectCache<Pod> pods;

    private EndpointController(ControllerContext context)
    {
        this.context = context;
        services = context.Caches.Get(BuiltInKinds.Service).WithSelectorIndex(static service => service.Spec?.Selector);
        slices = context.Caches.Get(BuiltInKinds.EndpointSlice).WithControllerIndex();
        pods = context.Caches.Get(BuiltInKinds.Pod).WithLabelPairIndex();
    }

    public static IController Create(ControllerContext context)
    {
        var controller = new EndpointController(context);
        return new Controller<Service>(ControllerContext.Options("endpoints", workers: 4), controller.services, controller, context.Services)
            .Owns(controller.slices)
            .Watches(controller.pods, controller.ServicesOf, IsVisible);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (services.Get(key) is not { Metadata.DeletionTimestamp: null, Spec.Selector: { Count: > 0 } selector } service)
            return ReconcileResult.Done;
        if (service.Spec.Type == "ExternalName")
            return ReconcileResult.Done;
        var present = slices.ControlledBy(service.Metadata.Uid!).OrderBy(static slice => slice.Metadata.CreationTimestamp).ToList();
        var wanted = EndpointSlices.Render(service, pods.WithLabels(key.Namespace, selector)).ToList();
        wanted.RemoveAll(slice => Take(present, other => EndpointSlices.Same(slice, other)) is not null);
        foreach (var slice in wanted)
            await WriteAsync(slice, Take(present, static _ => true), cancellationToken);
        foreach (var surplus in present)
            await context.Client.DeleteAsync(BuiltInKinds.EndpointSlice, NamespacedName.Of(surplus), new DeleteOptions { Uid = surplus.Metadata.Uid }, cancellationToken);
        return ReconcileResult.Done;
    }

    /// <summary>Whether anything changed that an endpoint shows.</summary>
    private static bool IsVisible(CacheChange<Pod> change)
    {
        if (change is not { Old: { } old, New: { } fresh })
            return true;
        return old.Status?.PodIP != fresh.Status?.PodIP
            || old.Metadata.Uid != fresh.Metadata.Uid
            || old.HasReadyCondition() != fresh.HasReadyCondition()
            || old.IsTerminating() != fresh.IsTerminating()
            || old.IsFinished() != fresh.IsFinished()
            || old.Spec?.NodeName != fresh.Spec?.NodeName
            || !(LabelSelectors.Contains(old.Metadata.Labels, fresh.Metadata.Labels) && LabelSelectors.Contains(fresh.Metadata.Labels, old.Metadata.Labels));
    }

    /// <summary>Takes the first that fits out of the list. A cache that lags lets a slice be made twice: the second one stays in the list, as surplus.</summary>
    private static EndpointSlice? Take(List<EndpointSlice> slices, Predicate<EndpointSlice> fits)
    {
        if (slices.FindIndex(fits) is not (>= 0 and var index))
            return null;
        var taken = slices[index];
        slices.RemoveAt(index);
        return taken;
    }

    private IEnumerable<NamespacedName> ServicesOf(Pod pod) => services.MaySelect(pod.Metadata.Namespace, pod.Metadata.Labels)
        .Where(service => service.Spec?.Selector is { Count: > 0 } selector && LabelSelectors.Contains(pod.Metadata.Labels, selector))
        .Select(static service => NamespacedName.Of(service));

    private async Task WriteAsync(EndpointSlice wanted, EndpointSlice? present, CancellationToken cancellationToken)
    {
        var trigger = context.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var metadata = (present?.Metadata ?? wanted.Metadata) with
        {
            Labels = wanted.Metadata.Labels,
            Annotations = new() { [EndpointSlices.TriggerTime] = trigger },
        };
        if (present is null)
            await context.Client.CreateAsync(BuiltInKinds.EndpointSlice, wanted with { Metadata = metadata }, cancellationToken);
        else
            await context.Client.ReplaceAsync(BuiltInKinds.EndpointSlice, wanted with { Metadata = metadata }, null, cancellationToken);
    }
}
