using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>User and password of the administrator; the state says why there are none. The text form holds no secret.</summary>
internal sealed record Administrator(string User, string Password, CredentialsState State)
{
    /// <inheritdoc/>
    public override string ToString() => User;
}

/// <summary>
/// The Secret <c>N-credentials</c>: the user's, or one that is made when there is none. It is never overwritten and has no owner: it opens
/// volumes that outlive the DoltDB. Read only when something happens, so that a steady cluster causes no request.
/// </summary>
internal sealed class AdministratorCredentials(IKubernetesClient client, TimeProvider time)
{
    private const string UserKey = "admin-user";
    private const string PasswordKey = "admin-password";
    private const int PasswordBytes = 24;

    /// <summary>How long a Secret that cannot be used, or whose password is refused, is believed in.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<NamespacedName, Known> known = new();

    /// <summary>The administrator of the cluster; makes the Secret when there is none and <paramref name="mayCreate"/>.</summary>
    public async Task<Administrator> GetAsync(NamespacedName cluster, bool mayCreate, bool isRefused, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(cluster, out var last) && (time.GetUtcNow() - last.Read < RetryInterval || (last.Administrator.State.IsUsable && !isRefused)))
            return last.Administrator;
        var name = new NamespacedName(cluster.Namespace, ClusterNames.Credentials(cluster.Name));
        var secret = await client.GetAsync(BuiltInKinds.Secret, name, cancellationToken);
        if (secret is null && mayCreate)
            secret = await CreateAsync(name, cluster, cancellationToken);
        var administrator = Read(secret, name.Name);
        known[cluster] = new Known(administrator, time.GetUtcNow());
        return administrator;
    }

    /// <summary>Forgets a cluster that is gone.</summary>
    public void Forget(NamespacedName cluster) => known.TryRemove(cluster, out _);

    private async Task<Secret?> CreateAsync(NamespacedName name, NamespacedName cluster, CancellationToken cancellationToken)
    {
        var made = new Secret
        {
            Metadata = new ObjectMeta
            {
                Name = name.Name,
                Namespace = name.Namespace,
                Labels = new() { [ClusterLabels.Name] = cluster.Name, [ClusterLabels.ManagedBy] = ClusterLabels.OperatorName },
            },
            Type = "Opaque",
            Data = new()
            {
                [UserKey] = Encode("root"),
                [PasswordKey] = Encode(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes))),
            },
        };
        try
        {
            return await client.CreateAsync(BuiltInKinds.Secret, made, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            return await client.GetAsync(BuiltInKinds.Secret, name, cancellationToken);
        }
    }

    private static Administrator Read(Secret? secret, string name)
    {
        if (secret is null)
            return Unusable($"Secret {name} does not exist");
        var (user, password) = (Text(secret, UserKey), Text(secret, PasswordKey));
        if (string.IsNullOrEmpty(user))
            return Unusable($"Secret {name} has no key {UserKey}, or it is empty");
        return string.IsNullOrEmpty(password)
            ? Unusable($"Secret {name} has no key {PasswordKey}, or it is empty")
            : new Administrator(user, password, CredentialsState.Usable);
    }

    private static Administrator Unusable(string problem) => new("", "", new CredentialsState(false, problem));

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string? Text(Secret secret, string key) =>
        secret.Data?.GetValueOrDefault(key) is { } text ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;

    private sealed record Known(Administrator Administrator, DateTimeOffset Read);
}
