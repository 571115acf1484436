using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Writes the child objects of a cluster: routing first, each only when something would change.</summary>
internal sealed class ChildObjects(ClusterCaches caches, IKubernetesClient client, Applier applier, TimeProvider time)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    // After what may be over at once.
    private static readonly TimeSpan SoonRetryInterval = TimeSpan.FromSeconds(3);

    private readonly MemberMetadata members = new(client);

    // What was applied last and how the children looked: equal means that there is nothing to compare.
    private readonly ConcurrentDictionary<NamespacedName, (DesiredCluster Desired, string Versions)> settled = new();

    // What was refused last: tried again when something changed, else only now and then.
    private readonly ConcurrentDictionary<NamespacedName, (DesiredCluster Desired, string Versions, string Refusals, DateTimeOffset Until)> refused = new();

    /// <summary>Makes the role labels as planned. What the server refuses blocks neither the other pods nor the step of the pass: it is returned in words, or null.</summary>
    public async Task<string?> LabelAsync(ClusterFacts facts, IReadOnlyDictionary<int, string?> labels, CancellationToken cancellationToken)
    {
        var refusals = new List<string>();

        // Nobody is labelled as primary before everybody else has lost the label.
        foreach (var (ordinal, label) in labels.OrderBy(pair => pair.Value == ClusterLabels.Primary))
        {
            if (facts.Find(ordinal)?.Pod is not { } pod)
                continue;
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid, ["labels"] = new JsonObject { [ClusterLabels.Role] = label } },
            };
            try
            {
                await client.MergePatchAsync(BuiltInKinds.Pod, NamespacedName.Of(pod), patch, null, cancellationToken);
            }
            catch (KubernetesException exception) when (exception.Code is 404 or 409 or 422)
            {
                // The pod is gone or is another one, whose successor brings a pass of its own.
            }
            catch (Exception exception) when (exception.IsApiFailure())
            {
                // The next pass tries again: the write Service selects the primary by name too, and a lost primary is replaced whatever its label says.
                refusals.Add($"role label of {pod.Metadata.Name}: {exception.Message}");
            }
        }

        return refusals.Count > 0 ? string.Join("; ", refusals) : null;
    }

    /// <summary>
    /// Makes the write Service select the pod of the primary, and changes nothing else: for a cluster whose spec is refused, or that a pause lets end a move of
    /// the role, so that the other children stay as they are. Returns whether it did already. A step must not wait for it: what the server refuses is tried again by the next pass.
    /// </summary>
    public async Task<bool> RouteAsync(ClusterFacts facts, int ordinal, CancellationToken cancellationToken)
    {
        var name = WriteService(facts);
        var pod = ClusterNames.Pod(facts.Name, ordinal);
        if (caches.Services.Get(name) is not { Spec.Selector: { } selector } service || !selector.TryGetValue(ClusterLabels.PodName, out var selected) || selected == pod
            || service.Metadata.Controller()?.Uid != facts.Cluster.Metadata.Uid)
            return true;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = service.Metadata.Uid },
            ["spec"] = new JsonObject { ["selector"] = new JsonObject { [ClusterLabels.PodName] = pod } },
        };
        await ApiFailures.RefusalAsync(() => client.MergePatchAsync(BuiltInKinds.Service, name, patch, null, cancellationToken));
        return false;
    }

    /// <summary>
    /// Whether labels and the write Service are as the facts have them, asked of the API server: a cache may not show yet what was written a moment ago, and what
    /// nobody looks at again must not rest on that.
    /// </summary>
    public async Task<bool> AreAsSeenAsync(ClusterFacts facts, CancellationToken cancellationToken)
    {
        foreach (var member in facts.Members.Where(static member => member.Pod is not null))
        {
            var pod = await client.GetAsync(BuiltInKinds.Pod, NamespacedName.Of(member.Pod!), cancellationToken);
            if (pod?.Metadata.Uid != member.Pod!.Metadata.Uid || pod?.Metadata.Labels?.GetValueOrDefault(ClusterLabels.Role) != member.RoleLabel)
                return false;
        }

        var name = WriteService(facts);
        var service = await client.GetAsync(BuiltInKinds.Service, name, cancellationToken);
        return service?.Metadata.ResourceVersion == caches.Services.Get(name)?.Metadata.ResourceVersion;
    }

    /// <summary>
    /// Applies the objects; the StatefulSet is left alone while it is about to be replaced. What the server refuses blocks neither the other
    /// objects nor the step of the pass: it is returned in words, null when there was nothing.
    /// </summary>
    public async Task<string?> ApplyAsync(ClusterFacts facts, DesiredCluster desired, bool isSetReplaced, CancellationToken cancellationToken)
    {
        var refusals = new List<string>();
        var retry = RetryInterval;
        var began = time.GetTimestamp();
        var key = NamespacedName.Of(facts.Cluster);
        var versions = Versions(key, desired);
        if (refused.TryGetValue(key, out var refusal) && ReferenceEquals(refusal.Desired, desired) && refusal.Versions == versions && facts.Now < refusal.Until)
            return refusal.Refusals;
        foreach (var account in LeftAccounts(facts, desired))
            await TryAsync($"ServiceAccount {account.Metadata.Name}", () => RemoveAsync(caches.Accounts, NamespacedName.Of(account), facts.Cluster.Metadata.Uid, cancellationToken));
        foreach (var (member, apply) in members.Changes(facts, desired))
            await TryAsync(member, () => apply(cancellationToken));
        if (settled.TryGetValue(key, out var last) && ReferenceEquals(last.Desired, desired) && last.Versions == versions && refusals.Count == 0)
            return null;
        var changed = false;
        foreach (var service in desired.Services)
            changed |= await TryAsync($"Service {service.Metadata.Name}", () => ApplyAsync(caches.Services, service, cancellationToken));
        foreach (var name in ServicesLeft(key, desired))
            changed |= await TryAsync($"Service {name.Name}", () => RemoveAsync(caches.Services, name, facts.Cluster.Metadata.Uid, cancellationToken));
        changed |= await TryAsync($"ServiceAccount {desired.ServiceAccount.Metadata.Name}", () => ApplyAccountAsync(facts, desired, cancellationToken));
        changed |= await TryAsync($"NetworkPolicy {ClusterNames.NetworkPolicy(key.Name)}", () => ApplyOrRemoveAsync(caches.Policies, ClusterNames.NetworkPolicy(key.Name), facts, desired.NetworkPolicy, cancellationToken));
        // What pods are made from comes before the template that they are made of: one that starts in between would keep an old configuration for new.
        var refusedBefore = refusals.Count;
        changed |= await TryAsync($"ConfigMap {desired.ConfigMap.Metadata.Name}", () => ApplyAsync(caches.ConfigMaps, desired.ConfigMap, cancellationToken));
        changed |= await TryAsync($"ConfigMap {ClusterNames.CurrentPrimary(key.Name)}", () => ApplyOrRemoveAsync(caches.ConfigMaps, ClusterNames.CurrentPrimary(key.Name), facts, desired.PrimaryAnnouncement, cancellationToken));
        changed |= await TryAsync("PersistentVolumeClaim", () => RestoreAsync(desired.RestoredClaim, cancellationToken));
        if (!isSetReplaced && refusals.Count == refusedBefore)
            changed |= await TryAsync($"StatefulSet {key.Name}", () => ApplySetAsync(facts, Keep(facts.Set, desired.StatefulSet), cancellationToken));
        changed |= await TryAsync($"PodDisruptionBudget {ClusterNames.DisruptionBudget(key.Name)}", () => ApplyBudgetAsync(facts, desired, cancellationToken));
        if (!changed && !isSetReplaced && refusals.Count == 0)
            settled[key] = (desired, versions);
        if (refusals.Count == 0)
        {
            refused.TryRemove(key, out _);
            return null;
        }

        var text = string.Join("; ", refusals);

        // A webhook that answers late makes the attempts last: the servers are looked at for as long before the next ones.
        var lasted = time.GetElapsedTime(began);
        refused[key] = (desired, Versions(key, desired), text, time.GetUtcNow() + (lasted > retry ? lasted : retry));
        return text;

        // What becomes of one child says nothing about the others.
        async Task<bool> TryAsync(string child, Func<Task<bool>> apply)
        {
            try
            {
                return await apply();
            }
            catch (ForeignObjectException exception)
            {
                refusals.Add(exception.Message);
            }
            catch (Exception exception) when (exception.IsApiFailure())
            {
                refusals.Add($"{child}: {exception.Message}");
                if (exception.MayBeOverSoon())
                    retry = SoonRetryInterval;
            }

            return false;
        }
    }

    /// <summary>Whether the children are as they were when there was nothing left to apply.</summary>
    public bool IsSettled(NamespacedName cluster) => settled.TryGetValue(cluster, out var last) && last.Versions == Versions(cluster, last.Desired);

    /// <summary>Forgets a cluster that is gone.</summary>
    public void Forget(NamespacedName cluster)
    {
        settled.TryRemove(cluster, out _);
        refused.TryRemove(cluster, out _);
    }

    /// <summary>Fields that cannot change stay as the live set has them; the planner replaces the set when that matters.</summary>
    private static NamespacedName WriteService(ClusterFacts facts) => new(facts.Cluster.Metadata.Namespace ?? "", ClusterNames.Primary(facts.Name));

    private static StatefulSet Keep(StatefulSet? live, StatefulSet desired) => live?.Spec is not { } present || desired.Spec is not { } wanted
        ? desired
        : desired with
        {
            Spec = wanted with
            {
                VolumeClaimTemplates = present.VolumeClaimTemplates,
                RevisionHistoryLimit = present.RevisionHistoryLimit,
                PodManagementPolicy = present.PodManagementPolicy,
                ServiceName = present.ServiceName,
                Selector = present.Selector,
            },
        };

    /// <summary>Makes the volume that begins with a snapshot, before the StatefulSet would make an empty one of that name.</summary>
    private async Task<bool> RestoreAsync(PersistentVolumeClaim? claim, CancellationToken cancellationToken)
    {
        if (claim is null)
            return false;
        try
        {
            await client.CreateAsync(BuiltInKinds.PersistentVolumeClaim, claim, cancellationToken);
            return true;
        }
        catch (KubernetesException exception) when (exception.Code == 409)
        {
            // The cache is behind: it is there already.
            return false;
        }
    }

    /// <summary>
    /// The server gave a set of type RollingUpdate a partition that no writer owns, keeps it when another type is applied, and refuses the two
    /// together: it goes with the type first.
    /// </summary>
    private async Task<bool> ApplySetAsync(ClusterFacts facts, StatefulSet desired, CancellationToken cancellationToken)
    {
        if (facts.Set is { Spec.UpdateStrategy.RollingUpdate: not null } live && desired.Spec?.UpdateStrategy is { Type: not "RollingUpdate" } wanted
            && live.Metadata.Controller()?.Uid == facts.Cluster.Metadata.Uid)
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["uid"] = live.Metadata.Uid },
                ["spec"] = new JsonObject { ["updateStrategy"] = new JsonObject { ["type"] = wanted.Type, ["rollingUpdate"] = null } },
            };
            await client.MergePatchAsync(BuiltInKinds.StatefulSet, NamespacedName.Of(live), patch, null, cancellationToken);
        }

        return await ApplyAsync(caches.Sets, desired, cancellationToken);
    }

    private static IEnumerable<NamespacedName> ServicesLeft(NamespacedName cluster, DesiredCluster desired) =>
        new[] { cluster.Name, ClusterNames.Primary(cluster.Name), ClusterNames.Reader(cluster.Name), ClusterNames.Metrics(cluster.Name) }
            .Except(desired.Services.Select(service => service.Metadata.Name!))
            .Select(name => cluster with { Name = name });

    /// <summary>
    /// A budget has one of two fields. One that the Go operator wrote keeps its field when ours is applied, and the server refuses both:
    /// such a budget is made anew.
    /// </summary>
    private async Task<bool> ApplyBudgetAsync(ClusterFacts facts, DesiredCluster desired, CancellationToken cancellationToken)
    {
        if (desired.PodDisruptionBudget is { } budget)
        {
            // The cache sees labelled ones only, and the Go operator's has the labels of its DoltDB.
            var name = NamespacedName.Of(budget);
            var live = caches.Budgets.Get(name) ?? await client.GetAsync(BuiltInKinds.PodDisruptionBudget, name, cancellationToken);
            if (live is not null && live.Metadata.Controller()?.Uid == facts.Cluster.Metadata.Uid && UsesOtherField(live.Spec, budget.Spec))
                await client.DeleteAsync(BuiltInKinds.PodDisruptionBudget, name, new DeleteOptions { Uid = live.Metadata.Uid }, cancellationToken);
        }

        return await ApplyOrRemoveAsync(caches.Budgets, ClusterNames.DisruptionBudget(facts.Name), facts, desired.PodDisruptionBudget, cancellationToken);
    }

    private static bool UsesOtherField(PodDisruptionBudgetSpec? live, PodDisruptionBudgetSpec? wanted) =>
        (live?.MinAvailable is not null && wanted?.MaxUnavailable is not null) || (live?.MaxUnavailable is not null && wanted?.MinAvailable is not null);

    /// <summary>An account of that name that the cluster did not make is the user's: it is used and left alone.</summary>
    private async Task<bool> ApplyAccountAsync(ClusterFacts facts, DesiredCluster desired, CancellationToken cancellationToken)
    {
        var name = NamespacedName.Of(desired.ServiceAccount);
        var live = caches.Accounts.Get(name) ?? await client.GetAsync(BuiltInKinds.ServiceAccount, name, cancellationToken);
        if (live is not null && live.Metadata.Controller()?.Uid != facts.Cluster.Metadata.Uid)
            return false;
        return await ApplyAsync(caches.Accounts, desired.ServiceAccount, cancellationToken);
    }

    /// <summary>Accounts that this cluster made under another name go once no pod of it runs as them.</summary>
    private IEnumerable<ServiceAccount> LeftAccounts(ClusterFacts facts, DesiredCluster desired) =>
        caches.Accounts.Lookup(ClusterCaches.ByCluster, NamespacedName.Of(facts.Cluster).ToString()).Where(account =>
            account.Metadata.Name != desired.ServiceAccount.Metadata.Name
            && facts.Members.All(member => member.Pod is null || (member.Pod.Spec?.ServiceAccountName is { } used && used != account.Metadata.Name)));

    private async Task<bool> ApplyAsync<T>(IObjectCache<T> cache, T desired, CancellationToken cancellationToken)
        where T : KubernetesObject => (await applier.ApplyAsync(cache, desired, cancellationToken)).Outcome != ApplyOutcome.Unchanged;

    private async Task<bool> ApplyOrRemoveAsync<T>(IObjectCache<T> cache, string name, ClusterFacts facts, T? desired, CancellationToken cancellationToken)
        where T : KubernetesObject => desired is not null
            ? await ApplyAsync(cache, desired, cancellationToken)
            : await RemoveAsync(cache, new NamespacedName(facts.Cluster.Metadata.Namespace ?? "", name), facts.Cluster.Metadata.Uid, cancellationToken);

    /// <summary>Deletes an object that is no longer wanted, if this cluster made it.</summary>
    private async Task<bool> RemoveAsync<T>(IObjectCache<T> cache, NamespacedName name, string? clusterUid, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        cache.Get(name) is { } live && live.Metadata.DeletionTimestamp is null && live.Metadata.Controller()?.Uid == clusterUid
        && await client.DeleteAsync(cache.Kind, name, new DeleteOptions { Uid = live.Metadata.Uid }, cancellationToken);

    private string Versions(NamespacedName cluster, DesiredCluster desired) => string.Join(
        '/',
        Version(caches.Sets, cluster, cluster.Name),
        Version(caches.ConfigMaps, cluster, ClusterNames.Config(cluster.Name)),
        Version(caches.ConfigMaps, cluster, ClusterNames.CurrentPrimary(cluster.Name)),
        Version(caches.Services, cluster, cluster.Name),
        Version(caches.Services, cluster, ClusterNames.Internal(cluster.Name)),
        Version(caches.Services, cluster, ClusterNames.Primary(cluster.Name)),
        Version(caches.Services, cluster, ClusterNames.Reader(cluster.Name)),
        Version(caches.Services, cluster, ClusterNames.Metrics(cluster.Name)),
        Version(caches.Budgets, cluster, ClusterNames.DisruptionBudget(cluster.Name)),
        Version(caches.Policies, cluster, ClusterNames.NetworkPolicy(cluster.Name)),
        Version(caches.Accounts, cluster, desired.ServiceAccount.Metadata.Name ?? ""));

    // Of objects with a generation only what a writer can change: their status moves all the time.
    private static string? Version<T>(IObjectCache<T> cache, NamespacedName cluster, string name)
        where T : class, IKubernetesObject =>
        cache.Get(cluster with { Name = name })?.Metadata is { } metadata
            ? $"{metadata.Uid}@{metadata.Generation?.ToString(CultureInfo.InvariantCulture) ?? metadata.ResourceVersion}"
            : null;
}
