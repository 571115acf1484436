using DoltDB.Operator.Api;
using DoltDB.Operator.Core.SqlObjects.Databases;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>The Secrets that objects read or write, by namespace and name.</summary>
internal static class SqlSecrets
{
    /// <summary>Those of a User.</summary>
    public static IReadOnlyList<string> Of(User user) => Names(user.Metadata.Namespace, [user.Spec?.PasswordSecretKeyRef?.Name]);

    /// <summary>Those of a Database.</summary>
    public static IReadOnlyList<string> Of(Database database) => database.Spec is not { } spec ? [] : Names(
        database.Metadata.Namespace,
        [
            spec.Credentials?.Username?.ValueFrom?.SecretKeyRef?.Name,
            spec.Credentials?.Password?.ValueFrom?.SecretKeyRef?.Name,
            DatabaseDefinitions.Owner(spec) is null ? null : DatabaseDefinitions.OwnerPassword(database.Metadata.Name ?? "", spec).Name,
            spec.ConnectionSecret is null ? null : ConnectionSecret.Name(database),
        ]);

    /// <summary>Those of an ExternalInstance.</summary>
    public static IReadOnlyList<string> Of(ExternalInstance instance) => Names(
        instance.Metadata.Namespace,
        [
            instance.Spec?.AdminCredentials?.Username?.ValueFrom?.SecretKeyRef?.Name,
            instance.Spec?.AdminCredentials?.Password?.ValueFrom?.SecretKeyRef?.Name,
            instance.Spec?.Tls?.CaSecretKeyRef?.Name,
            instance.Spec?.Tls?.ClientSecretName,
        ]);

    private static IReadOnlyList<string> Names(string? ns, IEnumerable<string?> names) =>
        [.. names.Where(static name => !string.IsNullOrEmpty(name)).Distinct(StringComparer.Ordinal).Select(name => SqlIndexes.Secret(ns, name))];
}
