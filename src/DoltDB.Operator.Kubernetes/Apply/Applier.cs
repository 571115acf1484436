using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Apply;

/// <summary>What an apply did.</summary>
public enum ApplyOutcome
{
    /// <summary>The object was as desired; nothing was sent.</summary>
    Unchanged,

    /// <summary>The object is new.</summary>
    Created,

    /// <summary>The object was different.</summary>
    Updated,
}

/// <summary>What an apply did, and the object as it is now.</summary>
public readonly record struct ApplyResult<T>(ApplyOutcome Outcome, T Object)
    where T : class;

/// <summary>
/// Server-side apply of typed objects, only when it would change something. A stamp (an annotation with a hash of what was applied) tells
/// when a field is no longer desired, which no comparison of the rest can see.
/// </summary>
public sealed class Applier(IKubernetesClient client, ILogger<Applier> logger)
{
    /// <summary>The annotation that holds the hash of the applied object.</summary>
    public const string StampAnnotation = "k8s.dolthub.com/applied-hash";

    private const int MostMemories = 4096;

    // Only for objects that the server keeps differently from what was applied (it dropped or rewrote a field): how they looked after the apply.
    private readonly ConcurrentDictionary<(string Kind, NamespacedName Name), Memory> memories = new();

    /// <summary>Makes the object as desired, its controlling owner included; reads the present state from the cache.</summary>
    /// <exception cref="ForeignObjectException">An object of that name has another controller.</exception>
    /// <exception cref="KubernetesException">The server refused.</exception>
    public async Task<ApplyResult<T>> ApplyAsync<T>(IObjectCache<T> cache, T desired, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var kind = cache.Kind;
        var name = NamespacedName.Of(desired);

        // The cache may be behind, or see by a label that a stranger's object lacks: never create over what is there.
        var live = cache.Get(name) ?? await client.GetAsync(kind, name, cancellationToken);
        RefuseForeign(kind.Kind, name, live, desired);
        var (stamped, hash) = Stamp(kind, desired);
        var wanted = JsonSerializer.SerializeToElement(stamped, kind.TypeInfo);
        if (live is not null && IsAsDesired(kind, name, live, wanted, hash))
            return new ApplyResult<T>(ApplyOutcome.Unchanged, live);
        if (live is not null && live.Metadata.Annotations?.ContainsKey(StampAnnotation) != true && live.Metadata.Controller() is not null)
            await TakeOverAsync(kind, name, live.Metadata.Uid, cancellationToken);
        var stored = await client.ApplyAsync(kind, stamped, FieldManagers.Operator, null, cancellationToken);
        Remember(kind, name, stored, wanted, hash);
        var outcome = live is null
            ? ApplyOutcome.Created
            : stored.Metadata.ResourceVersion == live.Metadata.ResourceVersion ? ApplyOutcome.Unchanged : ApplyOutcome.Updated;
        Log.Applied(logger, kind.Kind, name.ToString(), outcome.ToString());
        return new ApplyResult<T>(outcome, stored);
    }

    /// <summary>What the Go operator wrote of an object is ours before the first apply, which then removes what is no longer desired.</summary>
    private async Task TakeOverAsync<T>(ResourceKind<T> kind, NamespacedName name, string? uid, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var found = await client.GetAsync(kind with { KeepsManagedFields = true }, name, cancellationToken);
        if (found?.Metadata.Uid != uid || found?.Metadata.Unknown?.GetValueOrDefault(ObjectReader.ManagedFields) is not { ValueKind: JsonValueKind.Array } entries)
            return;
        if (FieldTakeover.Rewrite(JsonArray.Create(entries)!, FieldManagers.GoOperator, FieldManagers.Operator) is not { } owned)
            return;
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = found.Metadata.ResourceVersion, [ObjectReader.ManagedFields] = owned },
        };
        await client.MergePatchAsync(kind, name, patch, null, cancellationToken);
    }

    private static void RefuseForeign<T>(string kind, NamespacedName name, T? live, T desired)
        where T : KubernetesObject
    {
        if (live?.Metadata.Controller() is { } controller && controller.Uid != desired.Metadata.Controller()?.Uid)
            throw new ForeignObjectException(kind, name, controller);
    }

    private static (T Stamped, string Hash) Stamp<T>(ResourceKind<T> kind, T desired)
        where T : KubernetesObject
    {
        var hash = CanonicalJson.Hash(JsonSerializer.SerializeToElement(desired, kind.TypeInfo));
        var annotations = new Dictionary<string, string>(desired.Metadata.Annotations ?? []) { [StampAnnotation] = hash };
        return ((T)(desired with { Metadata = desired.Metadata with { Annotations = annotations } }), hash);
    }

    private bool IsAsDesired<T>(ResourceKind<T> kind, NamespacedName name, T live, JsonElement wanted, string hash)
        where T : KubernetesObject
    {
        if (live.Metadata.Annotations?.GetValueOrDefault(StampAnnotation) != hash)
            return false;
        var memory = memories.GetValueOrDefault((kind.Kind, name));
        if (memory is not null && memory.Hash == hash && memory.Version == live.Metadata.ResourceVersion)
            return true;
        var present = JsonSerializer.SerializeToElement(live, kind.TypeInfo);
        return !ApplyDecision.WouldChange(present, wanted) || (memory is not null && memory.Hash == hash && memory.Looks == Looks(present));
    }

    private void Remember<T>(ResourceKind<T> kind, NamespacedName name, T stored, JsonElement wanted, string hash)
        where T : KubernetesObject
    {
        var present = JsonSerializer.SerializeToElement(stored, kind.TypeInfo);
        if (!ApplyDecision.WouldChange(present, wanted))
        {
            memories.TryRemove((kind.Kind, name), out _);
            return;
        }

        // Forgetting costs one needless apply for each object; growing without end would cost the process.
        if (memories.Count >= MostMemories)
            memories.Clear();
        memories[(kind.Kind, name)] = new Memory(hash, stored.Metadata.ResourceVersion, Looks(present));
    }

    /// <summary>A hash of all that an apply can change, so that a new status alone does not make the object look new.</summary>
    private static string Looks(JsonElement present) =>
        CanonicalJson.Hash(present, "status", "metadata.resourceVersion", "metadata.generation", "metadata.managedFields");

    private sealed record Memory(string Hash, string? Version, string Looks);
}
