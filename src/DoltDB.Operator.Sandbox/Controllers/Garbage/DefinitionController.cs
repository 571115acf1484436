using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;

namespace DoltDB.Operator.Sandbox.Controllers.Garbage;

/// <summary>Makes defined kinds known to garbage collection, and deletes the instances of a definition that is being deleted.</summary>
internal sealed class DefinitionController(ControllerContext context, IObjectCache<CustomDefinition> definitions, ObjectGraph graph) : IReconciler
{
    private const string Cleanup = "customresourcecleanup.apiextensions.k8s.io";
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    public static IController Create(ControllerContext context, ObjectGraph graph)
    {
        var definitions = context.Caches.Get(CustomDefinition.Resource);
        return new Controller<CustomDefinition>(
            ControllerContext.Options("definitions", workers: 1), definitions, new DefinitionController(context, definitions, graph), context.Services);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (definitions.Get(key) is not { } definition)
            return ReconcileResult.Done;
        var kind = definition.Defined();
        if (definition.Metadata.DeletionTimestamp is null)
        {
            graph.Add(kind);
            return ReconcileResult.Done;
        }

        var finalizers = definition.Metadata.Finalizers ?? [];
        if (!finalizers.Contains(Cleanup))
            return ReconcileResult.Done;
        var instances = (await context.Client.ListAsync(kind, new ListOptions(), cancellationToken)).Items;
        foreach (var instance in instances.Where(static instance => instance.Metadata.DeletionTimestamp is null))
            await context.Client.DeleteAsync(kind, NamespacedName.Of(instance), new DeleteOptions { Uid = instance.Metadata.Uid }, cancellationToken);
        if (instances.Count > 0)
            return ReconcileResult.After(Retry);
        var patch = Owners.PatchFinalizers(definition.Metadata, finalizers.Where(static finalizer => finalizer != Cleanup));
        await context.Client.MergePatchAsync(CustomDefinition.Resource, key, patch, null, cancellationToken);
        return ReconcileResult.Done;
    }
}
