using System.Collections.Concurrent;
using System.Security.Cryptography;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>User and password of the administrator; the state says why there are none. The text form holds no secret.</summary>
internal sealed record Administrator(string User, string Password, CredentialsState State)
{
    /// <summary>What the Secret has come to say, and the servers do not know yet; null when it says the same.</summary>
    public Administrator? Wanted { get; init; }

    /// <inheritdoc/>
    public override string ToString() => User;
}

/// <summary>
/// The Secret <c>N-credentials</c>: the user's, or one that is made when there is none. It is never overwritten and has no owner: it opens
/// volumes that outlive the DoltDB. When it changes, the servers know the old password still: the last ones that worked are kept in the Secret
/// <c>N-credentials-applied</c>, so that the new one can be set with them. Read only when something happens, so that a steady cluster causes no request.
/// </summary>
internal sealed class AdministratorCredentials(IKubernetesClient client, TimeProvider time, IObjectCache<ObjectMetadata>? secrets = null)
{
    private const string UserKey = "admin-user";
    private const string PasswordKey = "admin-password";
    private const string FormerUserKey = "former-user";
    private const string FormerPasswordKey = "former-password";
    private const int PasswordBytes = 24;

    /// <summary>How long a Secret that cannot be used, or whose password is refused, is believed in.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long the watch may lag behind a read: until then, another version there is an older one.</summary>
    private static readonly TimeSpan WatchLag = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<NamespacedName, Known> known = new();

    /// <summary>The administrator of the cluster; makes the Secret when there is none and <paramref name="mayCreate"/>.</summary>
    public async Task<Administrator> GetAsync(NamespacedName cluster, bool mayCreate, bool isRefused, CancellationToken cancellationToken)
    {
        var name = cluster with { Name = ClusterNames.Credentials(cluster.Name) };
        if (known.TryGetValue(cluster, out var last) && !HasChanged(name, last) && (time.GetUtcNow() - last.Read < RetryInterval || (last.Current.State.IsUsable && !isRefused)))
            return last.Current;
        var secret = await client.GetAsync(BuiltInKinds.Secret, name, cancellationToken);
        string? failure = null;
        if (secret is null && mayCreate)
            (secret, failure) = await CreateAsync(name, cluster, cancellationToken);
        var applied = await ReadAppliedAsync(cluster, cancellationToken);
        var fresh = new Known(failure is null ? Read(secret, name.Name) : Unusable($"Secret {name.Name} does not exist, and cannot be made: {failure}"), applied, secret?.Metadata.ResourceVersion, time.GetUtcNow(), last?.Trial ?? 0);
        known[cluster] = fresh;
        return fresh.Current;
    }

    /// <summary>No server took them: the next ones that may work are tried.</summary>
    public void Reject(NamespacedName cluster, Administrator administrator)
    {
        if (known.TryGetValue(cluster, out var last) && last.Current == administrator)
            known[cluster] = last with { Trial = last.Trial + 1 };
    }

    /// <summary>A server took them: they are kept, for the day on which the Secret says something else.</summary>
    public async Task ConfirmAsync(NamespacedName cluster, Administrator administrator, CancellationToken cancellationToken)
    {
        if (!known.TryGetValue(cluster, out var last) || last.Current != administrator || last.Applied?.Last is { } kept && IsSame(kept, administrator))
            return;
        var applied = new Applied(administrator with { Wanted = null }, last.Applied?.Last);
        await client.ApplyAsync(BuiltInKinds.Secret, Secret(cluster, applied), FieldManagers.Operator, null, cancellationToken);
        known[cluster] = last with { Applied = applied, Trial = 0 };
    }

    /// <summary>The servers were given what the Secret says: it is what the next pass logs in with.</summary>
    public void Rotated(NamespacedName cluster)
    {
        if (known.TryGetValue(cluster, out var last))
            known[cluster] = last with { Trial = last.IndexOfWanted };
    }

    /// <summary>Forgets a cluster that is gone.</summary>
    public void Forget(NamespacedName cluster) => known.TryRemove(cluster, out _);

    private bool HasChanged(NamespacedName name, Known last) =>
        secrets?.Get(name) is { } seen && seen.Metadata.ResourceVersion != last.Version && time.GetUtcNow() - last.Read > WatchLag;

    /// <summary>The Secret that was made or is there by now, or why it cannot be made.</summary>
    private async Task<(Secret? Secret, string? Failure)> CreateAsync(NamespacedName name, NamespacedName cluster, CancellationToken cancellationToken)
    {
        var made = new Secret
        {
            Metadata = Metadata(name, cluster),
            Type = "Opaque",
            Data = Login("root", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes))),
        };
        try
        {
            return (await client.CreateAsync(BuiltInKinds.Secret, made, cancellationToken), null);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            return (await client.GetAsync(BuiltInKinds.Secret, name, cancellationToken), null);
        }
        catch (Exception exception) when (exception.IsApiFailure() && exception is not KubernetesException { IsNamespaceTerminating: true })
        {
            return (null, exception.Message);
        }
    }

    private static Secret Secret(NamespacedName cluster, Applied applied)
    {
        var data = Login(applied.Last.User, applied.Last.Password);
        if (applied.Former is { } former)
            (data[FormerUserKey], data[FormerPasswordKey]) = (SecretData.Encode(former.User), SecretData.Encode(former.Password));
        return new Secret
        {
            Metadata = Metadata(cluster with { Name = ClusterNames.AppliedCredentials(cluster.Name) }, cluster),
            Type = "Opaque",
            Data = data,
        };
    }

    private static ObjectMeta Metadata(NamespacedName name, NamespacedName cluster) => new()
    {
        Name = name.Name,
        Namespace = name.Namespace,
        Labels = new() { [ClusterLabels.Name] = cluster.Name, [ClusterLabels.ManagedBy] = ClusterLabels.OperatorName },
    };

    /// <summary>Who may not read it (a person with kubectl) does without.</summary>
    private async Task<Applied?> ReadAppliedAsync(NamespacedName cluster, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await client.GetAsync(BuiltInKinds.Secret, cluster with { Name = ClusterNames.AppliedCredentials(cluster.Name) }, cancellationToken);
            return Login(secret, UserKey, PasswordKey) is { } last ? new Applied(last, Login(secret, FormerUserKey, FormerPasswordKey)) : null;
        }
        catch (KubernetesException exception) when (exception.Code == 403)
        {
            return null;
        }
    }

    private static Administrator Read(Secret? secret, string name)
    {
        if (secret is null)
            return Unusable($"Secret {name} does not exist");
        if (string.IsNullOrEmpty(secret.Text(UserKey)))
            return Unusable($"Secret {name} has no key {UserKey}, or it is empty");
        return Login(secret, UserKey, PasswordKey) ?? Unusable($"Secret {name} has no key {PasswordKey}, or it is empty");
    }

    private static Dictionary<string, string> Login(string user, string password) => new() { [UserKey] = SecretData.Encode(user), [PasswordKey] = SecretData.Encode(password) };

    private static Administrator? Login(Secret? secret, string user, string password) =>
        secret.Text(user) is { Length: > 0 } name && secret.Text(password) is { Length: > 0 } word ? new Administrator(name, word, CredentialsState.Usable) : null;

    private static Administrator Unusable(string problem) => new("", "", new CredentialsState(false, problem));

    private static bool IsSame(Administrator left, Administrator right) => left.User == right.User && left.Password == right.Password;

    /// <summary>What worked last, and what worked before that: a standby that takes over may not have heard of the last change.</summary>
    private sealed record Applied(Administrator Last, Administrator? Former);

    private sealed record Known(Administrator Wanted, Applied? Applied, string? Version, DateTimeOffset Read, int Trial)
    {
        /// <summary>Those in use: the ones that worked last, until no server takes them.</summary>
        public Administrator Current => IsSettled ? Wanted : Of(Candidates());

        /// <summary>Where the Secret's own are among those that may work.</summary>
        public int IndexOfWanted => Math.Max(Array.FindIndex(Candidates(), candidate => IsSame(candidate, Wanted)), 0);

        /// <summary>Without a usable Secret the cluster is not touched, whatever worked before.</summary>
        private bool IsSettled => !Wanted.State.IsUsable || Applied is null || (Trial == 0 && IsSame(Applied.Last, Wanted));

        private Administrator Of(Administrator[] candidates) => candidates[Trial % candidates.Length];

        private Administrator[] Candidates() =>
        [
            .. new[] { Applied?.Last, Wanted, Applied?.Former }.OfType<Administrator>().DistinctBy(candidate => (candidate.User, candidate.Password))
                .Select(candidate => IsSame(candidate, Wanted) ? Wanted : candidate with { Wanted = Wanted }),
        ];
    }
}
