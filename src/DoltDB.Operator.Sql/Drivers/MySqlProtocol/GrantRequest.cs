namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>A grant that the engine knows: every name checked, every privilege as SHOW GRANTS prints it.</summary>
internal sealed record GrantRequest
{
    public required AccountName Account { get; init; }

    public required GrantLevel Level { get; init; }

    /// <summary>Database; null at the global level.</summary>
    public string? Database { get; init; }

    /// <summary>Table; null but at the level of a table.</summary>
    public string? Table { get; init; }

    /// <summary>All privileges of the level.</summary>
    public bool All { get; init; }

    public required IReadOnlyList<string> Privileges { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public bool WithGrantOption { get; init; }

    /// <exception cref="DriverException">Invalid or Unsupported, naming what the engine does not take.</exception>
    public static GrantRequest Create(GrantDefinition grant, ServerEndpoint server, MySqlDialect dialect)
    {
        dialect.Names.CheckAccount(grant.Account, server, withHost: true);
        if (grant.Roles.Count > 0)
            return OfRoles(grant, dialect);
        var level = grant.Database == "*" ? GrantLevel.Global : grant.Table == "*" ? GrantLevel.Database : GrantLevel.Table;
        if (level == GrantLevel.Global && grant.Table != "*")
            throw NameRules.Invalid($"table {grant.Table} needs a database; * is for all tables of all databases");
        if (level != GrantLevel.Global)
            dialect.Names.CheckIdentifier("database name", grant.Database);
        if (level == GrantLevel.Table)
            dialect.Names.CheckIdentifier("table name", grant.Table);
        var words = grant.Privileges.SelectMany(text => text.Split(',')).Select(PrivilegeCatalog.Normalize).ToList();
        if (words.Count == 0 && !grant.WithGrantOption)
            throw NameRules.Invalid("a grant needs privileges or roles");
        if (words.Find(word => word.Contains('(', StringComparison.Ordinal)) is { } columns)
            throw new DriverException(DriverError.Unsupported, $"privileges of single columns cannot be granted: {columns}");
        return new()
        {
            Account = grant.Account,
            Level = level,
            Database = level == GrantLevel.Global ? null : grant.Database,
            Table = level == GrantLevel.Table ? grant.Table : null,
            All = words.Exists(IsAll),
            Privileges = [.. words.Where(word => !IsAll(word) && word is not ("USAGE" or "GRANT OPTION")).Select(word => dialect.Privileges.Resolve(word, level)).Distinct()],
            Roles = [],
            WithGrantOption = grant.WithGrantOption || words.Contains("GRANT OPTION"),
        };
    }

    /// <summary>What is missing where these lines are there: nothing, or what has to be granted.</summary>
    public IReadOnlyList<string> MissingIn(IReadOnlyList<GrantLine> held, PrivilegeCatalog catalog)
    {
        var hasOption = !WithGrantOption || held.Any(line => line.WithGrantOption);
        var privileges = held.SelectMany(line => line.Privileges).ToHashSet(StringComparer.Ordinal);
        var hasAll = privileges.Contains("ALL PRIVILEGES") || privileges.Contains("ALL") || catalog.AllAt(Level).All(privileges.Contains);
        if (All)
            return hasAll && hasOption ? [] : ["ALL"];
        // Together with the grant option goes everything, because an engine may refuse a grant of the option alone.
        return !hasOption ? (Privileges.Count > 0 ? Privileges : ["USAGE"]) : [.. Privileges.Where(privilege => !Has(privilege))];

        // What ALL need not hold has a line, and a grant option, of its own.
        bool Has(string privilege) => catalog.Optional.Contains(privilege)
            ? held.Any(line => (line.WithGrantOption || !WithGrantOption) && (line.Privileges.Contains(privilege) || line.Privileges.Contains("ALL PRIVILEGES")))
            : hasAll || privileges.Contains(privilege);
    }

    /// <summary>What of the request is in this line, to be revoked.</summary>
    public IReadOnlyList<string> HeldIn(GrantLine line)
    {
        var held = line.Privileges.Where(privilege => privilege != "USAGE").ToList();
        if (All)
            return held.Count > 0 ? ["ALL"] : [];
        return held.Contains("ALL PRIVILEGES") || held.Contains("ALL") ? Privileges : [.. Privileges.Where(held.Contains)];
    }

    private static bool IsAll(string word) => word is "ALL" or "ALL PRIVILEGES";

    private static GrantRequest OfRoles(GrantDefinition grant, MySqlDialect dialect)
    {
        if (!dialect.HasRoles)
            throw new DriverException(DriverError.Unsupported, $"{dialect.Privileges.Engine} has no roles that the operator grants");
        if (grant.Privileges.Count > 0)
            throw NameRules.Invalid("a grant has privileges or roles, not both");
        foreach (var role in grant.Roles)
            dialect.Names.CheckIdentifier("role name", role);
        return new() { Account = grant.Account, Level = GrantLevel.Global, Privileges = [], Roles = grant.Roles, WithGrantOption = grant.WithGrantOption };
    }
}
