using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>Keeps connection Secrets true, and removes those that are no longer wanted.</summary>
internal sealed class ConnectionSecrets(IKubernetesClient client, SecretReader secrets)
{
    /// <summary>Makes the Secret as desired; the problem when one of that name is not this Database's.</summary>
    public async Task<SqlProblem?> EnsureAsync(Secret desired, string databaseUid, CancellationToken cancellationToken)
    {
        var name = NamespacedName.Of(desired);
        var live = await secrets.GetAsync(name, cancellationToken);
        if (live is not null && !IsOurs(live, databaseUid))
            return new SqlProblem(SqlReasons.Conflict, $"Secret {name.Name} exists and was not made for this Database: choose another name in spec.connectionSecret.name");
        if (live is not null && ConnectionSecret.IsAsDesired(live, desired))
            return null;
        if (live is not null && live.Type != desired.Type)
            await client.DeleteAsync(BuiltInKinds.Secret, name, new DeleteOptions { Uid = live.Metadata.Uid }, cancellationToken);
        await client.ApplyAsync(BuiltInKinds.Secret, desired, FieldManagers.Operator, null, cancellationToken);
        return null;
    }

    /// <summary>Deletes the Secret of that name, if it was made for this Database.</summary>
    public async Task RemoveAsync(NamespacedName name, string databaseUid, CancellationToken cancellationToken)
    {
        if (await secrets.GetAsync(name, cancellationToken) is { } live && IsOurs(live, databaseUid))
            await client.DeleteAsync(BuiltInKinds.Secret, name, new DeleteOptions { Uid = live.Metadata.Uid }, cancellationToken);
    }

    private static bool IsOurs(Secret secret, string databaseUid) => secret.Metadata.Controller()?.Uid == databaseUid;
}
