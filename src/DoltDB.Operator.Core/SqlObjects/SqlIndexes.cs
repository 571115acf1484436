using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Databases;
using DoltDB.Operator.Core.SqlObjects.Servers;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>By what SQL objects are looked up. Keys are made of the specs alone.</summary>
internal static class SqlIndexes
{
    /// <summary>Objects by their server.</summary>
    public const string ByServer = "by-server";

    /// <summary>Objects by what they manage on the server: two of the same are a conflict.</summary>
    public const string ByIdentity = "by-identity";

    /// <summary>Objects by the Secrets that they read or write.</summary>
    public const string BySecret = "by-secret";

    /// <summary>Grants by their account, Databases by their owner's.</summary>
    public const string ByAccount = "by-account";

    /// <summary>Databases by the User that their connection Secret names.</summary>
    public const string ByUserObject = "by-user-object";

    /// <summary>The database that an object manages. On Dolt names that differ by case alone are one; elsewhere they are kept apart from each other to be safe.</summary>
    public static string? Identity(Database database) => Key(database.Spec, database, database.Spec?.Name?.ToLowerInvariant());

    /// <summary>A database on the server of that key.</summary>
    public static string Database(string server, string name) => $"{server}|{name.ToLowerInvariant()}";

    /// <summary>The account that an object manages, without its host: whether hosts tell accounts apart depends on the engine.</summary>
    public static string? Identity(User user) => Key(user.Spec, user, user.Spec?.Name);

    /// <summary>Accounts of that name on the server of that key.</summary>
    public static string Account(string server, string user) => $"{server}|{user}";

    /// <summary>The account that a Database's owner is.</summary>
    public static string? OwnerAccount(Database database) =>
        DatabaseDefinitions.Owner(database.Spec) is { } owner ? Key(database.Spec, database, owner.User) : null;

    /// <summary>The account of a grant.</summary>
    public static string? AccountOf(Grant grant) => Key(grant.Spec, grant, grant.Spec?.Username);

    /// <summary>A Secret of a namespace.</summary>
    public static string Secret(string? ns, string? name) => $"{ns}/{name}";

    /// <summary>One value, or none.</summary>
    public static IReadOnlyList<string> Of(string? value) => value is null ? [] : [value];

    private static string? Key(SqlObjectSpec? spec, KubernetesObject resource, string? thing) =>
        thing is not null && ServerKeys.Of(spec, resource.Metadata.Namespace ?? "") is { } server ? $"{server}|{thing}" : null;
}
