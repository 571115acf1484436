using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.SqlObjects.Users;

/// <summary>Passwords of accounts: read from Secrets, and made where the object asks for that and there is none. What is there is never overwritten.</summary>
internal sealed class Passwords(IKubernetesClient client, SecretReader secrets)
{
    /// <summary>Characters of a password that was made.</summary>
    public const int Length = 32;

    // Letters and digits only: nothing that a URL, a shell or a connection string reads in another way. 62^32 is more than 190 bits.
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The password that an object refers to; made first when it asks for that. A Secret that is made goes with its owner.</summary>
    public async Task<SecretText> ReadAsync(string ns, PasswordReference? reference, OwnerReference owner, CancellationToken cancellationToken)
    {
        var text = await secrets.ReadAsync(ns, reference?.Name, reference?.Key, cancellationToken);
        if (!text.IsAbsent || reference is not { Generate: true, Name: { } name, Key: { } key })
            return text;
        try
        {
            await MakeAsync(new NamespacedName(ns, name), key, owner, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            // Somebody else made it in this moment: theirs counts.
        }

        return await secrets.ReadAsync(ns, name, key, cancellationToken);
    }

    /// <summary>A new password from the system's generator.</summary>
    public static string Generate() => RandomNumberGenerator.GetString(Alphabet, Length);

    private async Task MakeAsync(NamespacedName name, string key, OwnerReference owner, CancellationToken cancellationToken)
    {
        var value = SecretData.Encode(Generate());
        if (await secrets.GetAsync(name, cancellationToken) is { } present)
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = present.Metadata.ResourceVersion, ["uid"] = present.Metadata.Uid },
                ["data"] = new JsonObject { [key] = value },
            };
            await client.MergePatchAsync(BuiltInKinds.Secret, name, patch, null, cancellationToken);
            return;
        }

        var made = new Secret
        {
            Metadata = new ObjectMeta
            {
                Name = name.Name,
                Namespace = name.Namespace,
                Labels = new() { [ClusterLabels.ManagedBy] = ClusterLabels.OperatorName },
                OwnerReferences = [owner],
            },
            Type = "Opaque",
            Data = new() { [key] = value },
        };
        await client.CreateAsync(BuiltInKinds.Secret, made, cancellationToken);
    }
}
