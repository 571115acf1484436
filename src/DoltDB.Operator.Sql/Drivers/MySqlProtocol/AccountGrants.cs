namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>Grants and revokes by what SHOW GRANTS shows.</summary>
internal sealed class AccountGrants(MySqlDialect dialect)
{
    /// <summary>True when something was granted.</summary>
    public async Task<bool> EnsureAsync(DriverSession session, GrantDefinition grant)
    {
        var request = GrantRequest.Create(grant, session.Server, dialect);
        var lines = await ReadAsync(session, request.Account)
            ?? throw new DriverException(DriverError.Missing, $"there is no account {request.Account}");
        if (request.Roles.Count > 0)
            return await EnsureRolesAsync(session, request, lines);
        var spellings = await SpellDatabaseAsync(session, request);
        var missing = request.MissingIn([.. lines.Where(line => IsAt(line, request, spellings))], dialect.Privileges);
        if (missing.Count == 0)
            return false;
        var target = GrantStatements.Target(spellings[0], request.Table);
        await ExecuteAsync(session, request.Account, GrantStatements.Grant(missing, target, request.Account, request.WithGrantOption));
        return true;
    }

    /// <summary>No error when the account is gone.</summary>
    public async Task RevokeAsync(DriverSession session, GrantDefinition grant)
    {
        var request = GrantRequest.Create(grant, session.Server, dialect);
        if (await ReadAsync(session, request.Account) is not { } lines)
            return;
        if (request.Roles.Count > 0)
        {
            await RevokeRolesAsync(session, request, lines);
            return;
        }

        var spellings = await SpellDatabaseAsync(session, request);
        foreach (var line in lines.Where(line => IsAt(line, request, spellings)))
            await RevokeAsync(session, request, line);
    }

    private async Task RevokeAsync(DriverSession session, GrantRequest request, GrantLine line)
    {
        var target = GrantStatements.Target(line.Database, line.Table);
        var held = request.HeldIn(line);
        if (held.Count > 0)
            await RevokeAsync(session, request, held, line);
        if (request.WithGrantOption && line.WithGrantOption)
            await ExecuteUnlessGoneAsync(session, request.Account, GrantStatements.RevokeGrantOption(target, request.Account));
    }

    private async Task RevokeAsync(DriverSession session, GrantRequest request, IReadOnlyList<string> held, GrantLine line)
    {
        var target = GrantStatements.Target(line.Database, line.Table);
        try
        {
            await ExecuteUnlessGoneAsync(session, request.Account, GrantStatements.Revoke(held, target, request.Account));
        }
        catch (DriverException exception) when (exception.Error == DriverError.Missing && line.Table is not null && !line.Privileges.Contains("CREATE"))
        {
            // The table is gone and its grants are not. A server looks for the table unless CREATE, which a missing table may have, is among the privileges.
            await ExecuteUnlessGoneAsync(session, request.Account, GrantStatements.Revoke([.. held, "CREATE"], target, request.Account));
        }
    }

    private async Task<bool> EnsureRolesAsync(DriverSession session, GrantRequest request, List<GrantLine> lines)
    {
        var held = lines.Where(line => line.WithGrantOption || !request.WithGrantOption).SelectMany(line => line.Roles).ToHashSet(StringComparer.Ordinal);
        var missing = request.Roles.Where(role => !held.Contains(role)).Distinct().ToList();
        if (missing.Count == 0)
            return false;
        await ExecuteAsync(session, request.Account, GrantStatements.GrantRoles(missing, request.Account, request.WithGrantOption));
        if (!dialect.HasOneDefaultRole)
            await session.ExecuteAsync(GrantStatements.ActivateAllRoles(request.Account));
        else if (!lines.Exists(line => line.DefaultRole is not null))
            await session.ExecuteAsync(GrantStatements.SetDefaultRole(missing[0], request.Account));
        return true;
    }

    private async Task RevokeRolesAsync(DriverSession session, GrantRequest request, List<GrantLine> lines)
    {
        var held = lines.SelectMany(line => line.Roles).ToHashSet(StringComparer.Ordinal);
        foreach (var role in request.Roles.Where(held.Contains).Distinct())
        {
            if (dialect.HasOneDefaultRole && lines.Exists(line => line.DefaultRole == role))
                await session.ExecuteAsync(GrantStatements.SetDefaultRole(role: null, request.Account));
            await ExecuteUnlessGoneAsync(session, request.Account, GrantStatements.RevokeRole(role, request.Account));
        }
    }

    private bool IsAt(GrantLine line, GrantRequest request, string?[] spellings) =>
        line.Privileges.Count > 0 && spellings.Contains(line.Database, dialect.NameComparer) && dialect.NameComparer.Equals(line.Table, request.Table);

    /// <summary>
    /// How the server may have stored the database of a grant; the first is how it is granted. A pattern without escapes is one that
    /// somebody else granted, which covers the database too.
    /// </summary>
    private async Task<string?[]> SpellDatabaseAsync(DriverSession session, GrantRequest request)
    {
        if (request.Database is not { } database)
            return [null];
        var (hasPatterns, foldsCase) = await ReadNamingAsync(session, database);
        if (foldsCase)
            database = database.ToLowerInvariant();
        return request.Table is not null || !hasPatterns ? [database] : [GrantStatements.EscapePattern(database), database];
    }

    // Asked for only where a name makes a difference.
    private async Task<(bool HasPatterns, bool FoldsCase)> ReadNamingAsync(DriverSession session, string database)
    {
        if (!dialect.HasPatterns || (!database.AsSpan().ContainsAny(@"_%\") && database.Equals(database.ToLowerInvariant(), StringComparison.Ordinal)))
            return (dialect.HasPatterns, FoldsCase: false);
        var answer = await session.QueryAsync("SHOW VARIABLES WHERE Variable_name IN ('partial_revokes', 'lower_case_table_names')");
        var values = answer.Rows.ToDictionary(row => row[0] ?? "", row => row[1], StringComparer.OrdinalIgnoreCase);
        return (values.GetValueOrDefault("partial_revokes") is not "ON", values.GetValueOrDefault("lower_case_table_names") is "1");
    }

    /// <summary>Null when there is no such account. The error of an unknown one is not told by its code: Dolt answers 1105 to everything.</summary>
    private static async Task<List<GrantLine>?> ReadAsync(DriverSession session, AccountName account)
    {
        try
        {
            var answer = await session.QueryAsync(GrantStatements.Show(account));
            List<GrantLine> lines = [.. answer.Rows.Select(row => GrantLine.Parse(row[0] ?? "")).OfType<GrantLine>()];
            return lines.Exists(line => line.Account is { } other && !StoredAccounts.IsSame(account, other.User, other.Host)) && !await StoredAccounts.HasAsync(session, account)
                ? null
                : lines;
        }
        catch (DoltException)
        {
            if (await StoredAccounts.HasAsync(session, account))
                throw;
            return null;
        }
    }

    private async Task ExecuteAsync(DriverSession session, AccountName account, string statement)
    {
        try
        {
            if (dialect.FindsAccountsByHost && !await StoredAccounts.HasAsync(session, account))
                throw new DriverException(DriverError.Missing, $"there is no account {account}");
            await session.ExecuteAsync(statement);
        }
        catch (DoltException exception)
        {
            if (!await StoredAccounts.HasAsync(session, account))
                throw new DriverException(DriverError.Missing, $"there is no account {account}", exception);
            throw;
        }
    }

    private async Task ExecuteUnlessGoneAsync(DriverSession session, AccountName account, string statement)
    {
        try
        {
            if (dialect.FindsAccountsByHost && !await StoredAccounts.HasAsync(session, account))
                return;
            await session.ExecuteAsync(statement);
        }
        catch (DoltException exception)
        {
            if (!await StoredAccounts.HasAsync(session, account))
                return;
            throw DriverErrors.OfStatement(exception, session.Server);
        }
    }
}
