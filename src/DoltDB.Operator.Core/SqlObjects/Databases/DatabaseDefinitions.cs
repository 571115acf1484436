using DoltDB.Operator.Api;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>What a Database asks a driver for.</summary>
internal static class DatabaseDefinitions
{
    private const string DefaultCharset = "utf8mb4";
    private const string DefaultCollation = "utf8mb4_0900_bin";
    private const string AnyHost = "%";

    private static readonly HashSet<string> SystemNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "mysql", "sys", "information_schema", "performance_schema", "dolt_cluster", "dolt", "postgres", "template0", "template1",
    };

    /// <summary>Whether the name is the server's own.</summary>
    public static bool IsSystem(string name) => SystemNames.Contains(name);

    /// <summary>
    /// The database as it should be. The schema's defaults are those of a DoltDB: nobody has chosen them, so that another server takes its own, and a database that is
    /// there already keeps what it has.
    /// </summary>
    public static DatabaseDefinition Of(DatabaseSpec spec)
    {
        var isOurs = spec.DoltDbRef is not null;
        var (charset, collation) = isOurs ? (spec.Charset, spec.Collation) : (Unless(spec.Charset, DefaultCharset), Unless(spec.Collation, DefaultCollation));
        return new DatabaseDefinition
        {
            Name = spec.Name ?? "",
            Charset = charset,
            Collation = collation,
            Branches = spec.SystemBranches ?? [],
            IgnorePatterns = spec.DoltIgnorePatterns ?? [],
        };
    }

    /// <summary>The database as it was applied last; null before the first time.</summary>
    public static DatabaseDefinition? Of(AppliedDatabase? applied) => applied?.Name is not { } name ? null : new DatabaseDefinition
    {
        Name = name,
        Branches = applied.SystemBranches ?? [],
        IgnorePatterns = applied.DoltIgnorePatterns ?? [],
    };

    /// <summary>The owner's account; null when the Database wants none.</summary>
    public static AccountName? Owner(DatabaseSpec? spec)
    {
        if (spec is null || (spec.Owner is null && spec.ConnectionSecret is not { UserRef: null }))
            return null;
        return new AccountName(spec.Owner?.Name ?? spec.Name ?? "", Host(spec.Owner?.Host));
    }

    /// <summary>Where the owner's password is, or is made.</summary>
    public static PasswordReference OwnerPassword(string resource, DatabaseSpec spec) =>
        spec.Owner?.PasswordSecretKeyRef ?? new PasswordReference { Name = $"{resource}-owner", Key = "password", Generate = true };

    /// <summary>What the owner may do.</summary>
    public static GrantDefinition OwnerGrant(DatabaseSpec spec, AccountName owner) => new()
    {
        Account = owner,
        Privileges = spec.Owner?.Privileges ?? ["ALL"],
        Database = spec.Name ?? "",
    };

    /// <summary>The host part of an account; any when left out.</summary>
    public static string Host(string? host) => string.IsNullOrEmpty(host) ? AnyHost : host;

    private static string? Unless(string? text, string standard) => text == standard ? null : text;
}
