using System.Collections.Concurrent;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>A text of a Secret, or why there is none. The text form holds no secret.</summary>
internal sealed record SecretText
{
    /// <summary>The text; null with a <see cref="Problem"/>.</summary>
    public string? Value { get; init; }

    /// <summary>Uid and version of the Secret: changes when the text may have changed.</summary>
    public string? Incarnation { get; init; }

    /// <summary>Why there is no text; names Secret and key, holds no secret.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the Secret or the key is not there at all, so that it may be made.</summary>
    public bool IsAbsent { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Problem ?? "a text";
}

/// <summary>
/// Reads Secrets that objects refer to. The watch knows only that one changed, never what it holds: what was read is kept for as long as the Secret
/// keeps its version, and only of Secrets that somebody refers to.
/// </summary>
internal sealed class SecretReader(IKubernetesClient client, IObjectCache<ObjectMetadata> metadata)
{
    private const int MostKept = 10_000;

    private readonly ConcurrentDictionary<NamespacedName, Secret> kept = new();

    /// <summary>A key of a Secret in the namespace.</summary>
    public Task<SecretText> ReadAsync(string ns, string? name, string? key, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(name) || string.IsNullOrEmpty(key)
            ? Task.FromResult(new SecretText { Problem = "a secretKeyRef needs name and key" })
            : ReadAsync(new NamespacedName(ns, name), key, cancellationToken);

    /// <summary>A key of the Secret.</summary>
    public async Task<SecretText> ReadAsync(NamespacedName name, string key, CancellationToken cancellationToken)
    {
        if (await GetAsync(name, cancellationToken) is not { } secret)
            return new SecretText { Problem = $"Secret {name.Name} does not exist", IsAbsent = true };
        if (secret.Data?.ContainsKey(key) != true)
            return new SecretText { Problem = $"Secret {name.Name} has no key {key}", IsAbsent = true };
        return secret.Text(key) is { Length: > 0 } text
            ? new SecretText { Value = text, Incarnation = $"{secret.Metadata.Uid}/{secret.Metadata.ResourceVersion}" }
            : new SecretText { Problem = $"key {key} of Secret {name.Name} is empty, or no UTF-8 text" };
    }

    /// <summary>The Secret; null when there is none.</summary>
    public async Task<Secret?> GetAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        var seen = metadata.Get(name)?.Metadata;
        if (seen is not null && kept.TryGetValue(name, out var last) && last.Metadata.ResourceVersion == seen.ResourceVersion)
            return last;
        var secret = await client.GetAsync(BuiltInKinds.Secret, name, cancellationToken);
        if (secret is null)
        {
            kept.TryRemove(name, out _);
            return null;
        }

        if (kept.Count >= MostKept)
            kept.Clear();
        kept[name] = secret;
        return secret;
    }
}
