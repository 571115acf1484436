using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>What an account may do, by its global, database and table privileges.</summary>
internal static class AccessControl
{
    /// <summary>Databases that everybody may read.</summary>
    private const string InformationSchema = "information_schema";

    /// <exception cref="SqlError">1105: none of the account's grants covers the privilege.</exception>
    public static void Require(Account account, Privilege privilege, string? database = null, string? table = null)
    {
        if (!Has(account, privilege, database, table)) throw SqlErrors.General($"command denied to user {account.Name}");
    }

    public static bool Has(Account account, Privilege privilege, string? database = null, string? table = null)
    {
        if ((account.Global & privilege) == privilege) return true;
        if (database is null) return false;
        if (database.Equals(InformationSchema, StringComparison.OrdinalIgnoreCase)) return privilege == Privilege.Select;
        // SUPER lets its holder read everything, the system databases included.
        if (privilege == Privilege.Select && (account.Global & Privilege.Super) != Privilege.None) return true;
        if ((account.Databases.GetValueOrDefault(database) & privilege) == privilege) return true;
        return table is not null && (account.Tables.GetValueOrDefault(new TableGrant(database, table)) & privilege) == privilege;
    }

    /// <summary>Whether the account may make the database its current one, and sees it in SHOW DATABASES.</summary>
    public static bool CanSee(Account account, string database) =>
        account.Global != Privilege.None
        || database.Equals(InformationSchema, StringComparison.OrdinalIgnoreCase)
        || account.Databases.GetValueOrDefault(database) != Privilege.None
        || account.Tables.Any(t => t.Key.Database.Equals(database, StringComparison.OrdinalIgnoreCase) && t.Value != Privilege.None);

    /// <exception cref="SqlError">1105.</exception>
    public static void RequireSight(Account account, string database)
    {
        if (!CanSee(account, database)) throw SqlErrors.General($"Access denied for user {account.Name} to database '{database}'");
    }
}
