using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DoltDB.Operator.Sql.Drivers.Dolt;

/// <summary>
/// Accounts of a Dolt server. Passwords travel as hashes, because Dolt logs statements as they are; only a version that stores no given hash
/// gets the password itself. Never ALTER USER without IDENTIFIED: it would empty the password.
/// </summary>
internal static class DoltAccounts
{
    public static async Task<bool> EnsureAsync(DriverSession session, AccountDefinition account)
    {
        Check(session, account);
        var stored = await ReadAsync(session, account.Name);
        if (stored is null)
        {
            await CreateAsync(session, account);
            return true;
        }

        if (account.RequireTls is { } requireTls && requireTls != stored.RequiresTls)
            throw new DriverException(DriverError.Unsupported, $"requireTLS of account {account.Name} cannot be changed to {(requireTls ? "true" : "false")}: Dolt takes it only when it creates an account");
        if (HasPassword(stored, account))
            return false;
        await ChangePasswordAsync(session, account, stored);
        return true;
    }

    private static void Check(DriverSession session, AccountDefinition account)
    {
        MySqlDialect.Dolt.Names.CheckAccount(account.Name, session.Server, withHost: true);
        NameRules.CheckPassword(account.Password);
        if (account.MaxUserConnections is > 0)
            throw new DriverException(DriverError.Unsupported, $"maxUserConnections of account {account.Name} cannot be {account.MaxUserConnections}: Dolt has no such limit");
        if (account.MaxUserConnections is < 0)
            throw NameRules.Invalid("maxUserConnections cannot be negative");
    }

    // Only hashes of one kind can be compared with a password.
    private static bool HasPassword(Stored stored, AccountDefinition account) =>
        stored.Plugin == NativePasswordHash.Plugin
            ? stored.AuthenticationText.Equals(NativePasswordHash.Of(account.Password), StringComparison.OrdinalIgnoreCase)
            : account.IsPasswordApplied;

    private static async Task CreateAsync(DriverSession session, AccountDefinition account)
    {
        var statement = $"CREATE USER {Identified(account)}{(account.RequireTls is true ? " REQUIRE SSL" : "")}";
        try
        {
            await session.ExecuteAsync(statement);
        }
        catch (DoltException)
        {
            if (await ReadAsync(session, account.Name) is not { } stored || !HasPassword(stored, account))
                throw;
            return;
        }

        try
        {
            await EnsureStoredAsync(session, account);
        }
        catch (Exception exception) when (exception is DoltException or DriverException { Error: DriverError.Refused })
        {
            await session.ExecuteAsync(GrantStatements.DropAccount(account.Name));
            throw new DriverException(DriverError.Refused, $"account {account.Name} was dropped again, for the server did not store its password and let anybody in without one", exception);
        }
    }

    private static async Task ChangePasswordAsync(DriverSession session, AccountDefinition account, Stored stored)
    {
        try
        {
            await session.ExecuteAsync($"ALTER USER {Identified(account)}");
        }
        catch (DoltException)
        {
            // Not every version takes a hash for an account that exists.
            if (await ReadExistingAsync(session, account.Name) != stored)
                throw;
        }

        await EnsureStoredAsync(session, account);
    }

    /// <summary>Versions until the end of 2024 take a hash and store none, which lets anybody in without a password.</summary>
    private static async Task EnsureStoredAsync(DriverSession session, AccountDefinition account)
    {
        if (IsProtected(await ReadExistingAsync(session, account.Name), account))
            return;
        await session.ExecuteAsync($"ALTER USER {GrantStatements.Account(account.Name)} IDENTIFIED BY {SqlQuoting.Literal(account.Password)}");
        if (!IsProtected(await ReadExistingAsync(session, account.Name), account))
            throw new DriverException(DriverError.Refused, $"the server did not store the password of account {account.Name}, which may let anybody in without one");
    }

    private static bool IsProtected(Stored stored, AccountDefinition account) =>
        stored.AuthenticationText.Length > 0 && HasPassword(stored, account with { IsPasswordApplied = stored.Plugin != NativePasswordHash.Plugin });

    private static async Task<Stored> ReadExistingAsync(DriverSession session, AccountName account) => await ReadAsync(session, account)
        ?? throw new DriverException(DriverError.Missing, $"account {account} was dropped meanwhile");

    private static string Identified(AccountDefinition account) =>
        $"{GrantStatements.Account(account.Name)} IDENTIFIED WITH {NativePasswordHash.Plugin} AS {SqlQuoting.Literal(NativePasswordHash.Of(account.Password))}";

    private static async Task<Stored?> ReadAsync(DriverSession session, AccountName account)
    {
        var answer = await session.QueryAsync(
            $"SELECT User, Host, plugin, authentication_string, ssl_type FROM mysql.user WHERE User = {SqlQuoting.Literal(account.User)}");
        return answer.Rows
            .Where(row => StoredAccounts.IsSame(account, row[0], row[1]))
            .Select(row => new Stored(row[2] ?? "", row[3] ?? "", row[4] is { Length: > 0 }))
            .FirstOrDefault();
    }

    private sealed record Stored(string Plugin, string AuthenticationText, bool RequiresTls)
    {
        public override string ToString() => Plugin;
    }
}
