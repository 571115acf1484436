using DoltDB.Operator.Api;
using DoltDB.Operator.Core.SqlObjects.Databases;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Grants;

/// <summary>What a Grant asks for, and what is to be taken back when it asks for less. Pure.</summary>
internal static class GrantRules
{
    private const string All = "ALL";

    /// <summary>What the spec asks for; privileges in capitals, ALL PRIVILEGES as ALL. Where accounts have no host part, it is any.</summary>
    public static GrantDefinition Of(GrantSpec spec, bool hasHosts = true) => Definition(spec.Username, hasHosts ? spec.Host : null, spec.Privileges, spec.Roles, spec.Database, spec.Table, spec.GrantOption);

    /// <summary>What was applied last; null before the first time.</summary>
    public static GrantDefinition? Of(AppliedGrant? applied, bool hasHosts = true) => applied?.Username is null
        ? null
        : Definition(applied.Username, hasHosts ? applied.Host : null, applied.Privileges, applied.Roles, applied.Database, applied.Table, applied.GrantOption);

    /// <summary>What the status remembers.</summary>
    public static AppliedGrant Remember(GrantDefinition grant, string server) => new()
    {
        Server = server,
        Username = grant.Account.User,
        Host = grant.Account.Host,
        Privileges = grant.Roles.Count > 0 ? null : grant.Privileges,
        Roles = grant.Roles.Count > 0 ? grant.Roles : null,
        Database = grant.Database,
        Table = grant.Table,
        GrantOption = grant.WithGrantOption,
    };

    /// <summary>Everything that either of the two asks for at one place: what a crash in between may have left there.</summary>
    public static GrantDefinition Together(GrantDefinition? before, GrantDefinition now) => before is null || !IsSamePlace(before, now) ? now : now with
    {
        Privileges = [.. now.Privileges.Union(before.Privileges, StringComparer.Ordinal)],
        Roles = [.. now.Roles.Union(before.Roles, StringComparer.Ordinal)],
        WithGrantOption = now.WithGrantOption || before.WithGrantOption,
    };

    /// <summary>
    /// What of <paramref name="given"/> nobody wants any more: neither <paramref name="wanted"/> (null when nothing is) nor what <paramref name="others"/>
    /// ask for at the same place. Null when there is nothing to take back.
    /// </summary>
    public static GrantDefinition? Superfluous(GrantDefinition given, GrantDefinition? wanted, IEnumerable<GrantDefinition> others)
    {
        var kept = others.Append(wanted).OfType<GrantDefinition>().Where(grant => IsSamePlace(grant, given)).ToList();
        var privileges = kept.Exists(grant => grant.Privileges.Contains(All)) ? [] : given.Privileges.Except(kept.SelectMany(grant => grant.Privileges), StringComparer.Ordinal).ToList();
        var roles = given.Roles.Except(kept.SelectMany(grant => grant.Roles), StringComparer.Ordinal).ToList();
        var option = given.WithGrantOption && !kept.Exists(grant => grant.WithGrantOption);
        return privileges.Count == 0 && roles.Count == 0 && !option ? null : given with { Privileges = privileges, Roles = roles, WithGrantOption = option };
    }

    /// <summary>Whether revoking takes more than it names: all privileges, of which others may be wanted still.</summary>
    public static bool TakesAll(GrantDefinition revoked) => revoked.Privileges.Contains(All);

    /// <summary>Whether both are about the same account and target, and both about roles or both about privileges.</summary>
    public static bool IsSamePlace(GrantDefinition left, GrantDefinition right) =>
        left.Account == right.Account && left.Database == right.Database && left.Table == right.Table && left.Roles.Count > 0 == right.Roles.Count > 0;

    private static GrantDefinition Definition(
        string? user, string? host, IReadOnlyList<string>? privileges, IReadOnlyList<string>? roles, string? database, string? table, bool? option) => new()
        {
            Account = new AccountName(user ?? "", DatabaseDefinitions.Host(host)),
            Privileges = [.. (privileges ?? []).Select(Normal).Distinct(StringComparer.Ordinal)],
            Roles = [.. (roles ?? []).Distinct(StringComparer.Ordinal)],
            Database = string.IsNullOrEmpty(database) ? "*" : database,
            Table = string.IsNullOrEmpty(table) ? "*" : table,
            WithGrantOption = option == true,
        };

    private static string Normal(string privilege)
    {
        var words = string.Join(' ', privilege.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToUpperInvariant();
        return words == "ALL PRIVILEGES" ? All : words;
    }
}
