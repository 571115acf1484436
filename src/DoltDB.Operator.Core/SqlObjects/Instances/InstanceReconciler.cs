using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Core.SqlObjects.Instances;

/// <summary>Looks at servers that are not ours, and keeps an ExternalInstance for as long as something is managed through it. Never changes a server.</summary>
internal sealed class InstanceReconciler(SqlObjectCaches caches, SqlObjectServices services, DriverSource drivers, ILogger logger) : IReconciler
{
    /// <summary>Holds an instance that is deleted before what lives on it.</summary>
    public const string Finalizer = "externalinstance.k8s.dolthub.com/finalizer";

    private const int MostNamed = 5;

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (caches.Instances.Get(key) is not { } instance)
            return ReconcileResult.Done;
        try
        {
            return await ReconcileAsync(key, instance, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            // Deleted while the pass went on: the watch brings its end.
            return ReconcileResult.Done;
        }
    }

    private async Task<ReconcileResult> ReconcileAsync(NamespacedName key, ExternalInstance instance, CancellationToken cancellationToken)
    {
        var users = Users(key);
        // A namespace that is deleted waits for nobody outside of it: what refers to the instance from there is told that it is gone.
        if (instance.Metadata.DeletionTimestamp is not null && users.Count > 0 && await services.Namespaces.IsTerminatingAsync(key.Namespace, cancellationToken))
            users.RemoveAll(user => user.Name.Namespace != key.Namespace);
        if (instance.Metadata.DeletionTimestamp is not null && users.Count == 0)
        {
            await HoldAsync(instance, false, cancellationToken);
            return ReconcileResult.Done;
        }

        if (instance.Metadata.DeletionTimestamp is null)
            instance = await HoldAsync(instance, true, cancellationToken);
        var (server, description, problem) = await LookAsync(instance, cancellationToken);
        if (instance.Metadata.DeletionTimestamp is not null)
            problem = new SqlProblem(SqlReasons.Deleting, $"waits for {string.Join(", ", users.Take(MostNamed).Select(static user => $"{user.Kind} {user.Name}"))}{(users.Count > MostNamed ? $" and {users.Count - MostNamed} more" : "")}");
        await WriteAsync(instance, InstanceRules.Status(instance, server, description, problem, services.Time.GetUtcNow()), cancellationToken);
        return ReconcileResult.After(GoDuration.TryParse(instance.Spec?.ProbeInterval, out var interval) && interval > TimeSpan.Zero ? interval : services.Interval);
    }

    /// <summary>What lives on the instance, by kind and name.</summary>
    private List<(string Kind, NamespacedName Name)> Users(NamespacedName key)
    {
        var server = ServerKeys.OfInstance(key);
        return
        [
            .. caches.Databases.Lookup(SqlIndexes.ByServer, server).Select(static database => ("Database", NamespacedName.Of(database))),
            .. caches.Users.Lookup(SqlIndexes.ByServer, server).Select(static user => ("User", NamespacedName.Of(user))),
            .. caches.Grants.Lookup(SqlIndexes.ByServer, server).Select(static grant => ("Grant", NamespacedName.Of(grant))),
        ];
    }

    private async Task<(SqlServer? Server, ServerDescription? Description, SqlProblem? Problem)> LookAsync(ExternalInstance instance, CancellationToken cancellationToken)
    {
        var resolution = await services.Servers.ResolveAsync(instance, cancellationToken);
        if (resolution is not ServerResolution.Usable { Server: var server })
        {
            var unusable = (ServerResolution.Unusable)resolution;
            return (null, null, new SqlProblem(unusable.Reason, unusable.Message));
        }

        if (server.JobDriver is not null)
            return (server, null, null);
        try
        {
            return (server, await drivers.Open(server).ProbeAsync(cancellationToken), null);
        }
        catch (DriverException exception)
        {
            return (server, null, SqlProblem.Of(exception, server));
        }
    }

    private async Task<ExternalInstance> HoldAsync(ExternalInstance instance, bool isHeld, CancellationToken cancellationToken)
    {
        var present = instance.Metadata.Finalizers ?? [];
        if (present.Contains(Finalizer) == isHeld)
            return instance;
        var wanted = present.Where(static finalizer => finalizer != Finalizer).Concat(isHeld ? [Finalizer] : []);
        return await services.Client.MergePatchAsync(DoltKinds.ExternalInstance, NamespacedName.Of(instance), Finalizers.Patch(instance.Metadata, wanted), null, cancellationToken);
    }

    private async Task WriteAsync(ExternalInstance instance, ExternalInstanceStatus status, CancellationToken cancellationToken)
    {
        if (Text(instance.Status) == Text(status))
            return;
        await services.Client.ReplaceAsync(DoltKinds.ExternalInstance, instance with { Status = status }, "status", cancellationToken);
        var (old, ready) = (instance.Status?.Conditions.Find(SqlReasons.Ready), status.Conditions.Find(SqlReasons.Ready)!);
        if (old?.Status == ready.Status && old.Reason == ready.Reason)
            return;
        Log.SqlObjectChanged(logger, DoltKinds.ExternalInstance.Kind, NamespacedName.Of(instance).ToString(), ready.Status, ready.Reason, ready.Message);
        services.Events.Record(DoltKinds.ExternalInstance, instance, ready.Status == Conditions.True ? EventType.Normal : EventType.Warning, ready.Reason, ready.Message);
    }

    private static string Text(ExternalInstanceStatus? status) => status is null ? "" : JsonSerializer.Serialize(status, ApiJson.Default.ExternalInstanceStatus);
}
