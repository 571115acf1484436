namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>The accounts of a server by name.</summary>
internal static class StoredAccounts
{
    /// <summary>Whether there is an account of exactly that name.</summary>
    public static async Task<bool> HasAsync(DriverSession session, AccountName account)
    {
        var found = await session.QueryAsync(GrantStatements.FindAccount(account));
        return found.Rows.Any(row => IsSame(account, row[0], row[1]));
    }

    /// <summary>Drops the account if it is there.</summary>
    public static async Task DropAsync(DriverSession session, AccountName account, MySqlDialect dialect)
    {
        dialect.Names.CheckAccount(account, session.Server, withHost: true);
        if (!await HasAsync(session, account))
            return;
        try
        {
            await session.ExecuteAsync(GrantStatements.DropAccount(account));
        }
        catch (DoltException)
        {
            if (await HasAsync(session, account))
                throw;
        }
    }

    /// <summary>The server compares users exactly and hosts without regard to case.</summary>
    public static bool IsSame(AccountName account, string? user, string? host) =>
        string.Equals(user, account.User, StringComparison.Ordinal) && string.Equals(host, account.Host, StringComparison.OrdinalIgnoreCase);
}
