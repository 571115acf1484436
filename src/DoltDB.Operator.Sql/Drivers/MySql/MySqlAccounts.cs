using System.Globalization;
using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DoltDB.Operator.Sql.Drivers.MySql;

/// <summary>Accounts of a MySQL or MariaDB server. Passwords travel as the hashes that the server stores, so that no log sees them.</summary>
internal static class MySqlAccounts
{
    public static async Task<bool> EnsureAsync(DriverSession session, AccountDefinition account, MySqlDialect dialect)
    {
        dialect.Names.CheckAccount(account.Name, session.Server, withHost: true);
        NameRules.CheckPassword(account.Password);
        if (account.MaxUserConnections is < 0)
            throw NameRules.Invalid("maxUserConnections cannot be negative");
        var stored = await ReadAsync(session, account.Name);
        if (stored is null)
        {
            await CreateAsync(session, account, dialect);
            return true;
        }

        var hasPassword = HasPassword(stored, account);
        var changes = (hasPassword ? "" : Identified(account.Password, PluginFor(stored.Plugin, session.ServerVersion, dialect), dialect))
            + (account.RequireTls is { } requireTls && requireTls != stored.RequiresTls ? Require(requireTls) : "")
            + (account.MaxUserConnections is { } most && most != stored.MaxUserConnections ? Limit(most) : "");
        if (changes.Length == 0)
            return false;
        await ChangeAsync(session, account.Name, $"ALTER USER {GrantStatements.Account(account.Name)}{changes}");
        return true;
    }

    private static async Task CreateAsync(DriverSession session, AccountDefinition account, MySqlDialect dialect)
    {
        var statement = $"CREATE USER {GrantStatements.Account(account.Name)}"
            + Identified(account.Password, PluginFor(current: null, session.ServerVersion, dialect), dialect)
            + (account.RequireTls is true ? Require(true) : "")
            + (account.MaxUserConnections is > 0 and var most ? Limit(most) : "");
        try
        {
            await session.ExecuteAsync(statement);
        }
        catch (DoltException)
        {
            // Somebody else may have created it meanwhile; what differs is changed with the next call.
            if (await ReadAsync(session, account.Name) is null)
                throw;
        }
    }

    private static async Task ChangeAsync(DriverSession session, AccountName account, string statement)
    {
        try
        {
            await session.ExecuteAsync(statement);
        }
        catch (DoltException exception)
        {
            if (await ReadAsync(session, account) is null)
                throw new DriverException(DriverError.Missing, $"account {account} was dropped meanwhile", exception);
            throw;
        }
    }

    // What another method stores cannot be compared with a password.
    private static bool HasPassword(Stored stored, AccountDefinition account) => stored.Plugin switch
    {
        NativePasswordHash.Plugin => stored.AuthenticationText.Equals(NativePasswordHash.Of(account.Password), StringComparison.OrdinalIgnoreCase),
        CachingSha2Hash.Plugin => CachingSha2Hash.Verify(stored.AuthenticationText, account.Password),
        _ => account.IsPasswordApplied,
    };

    private static string PluginFor(string? current, string serverVersion, MySqlDialect dialect)
    {
        if (current is NativePasswordHash.Plugin or CachingSha2Hash.Plugin)
            return current;
        return dialect == MySqlDialect.MariaDb || serverVersion.StartsWith("5.", StringComparison.Ordinal) ? NativePasswordHash.Plugin : CachingSha2Hash.Plugin;
    }

    private static string Identified(string password, string plugin, MySqlDialect dialect)
    {
        var hash = SqlQuoting.Literal(plugin == NativePasswordHash.Plugin ? NativePasswordHash.Of(password) : CachingSha2Hash.Create(password));
        return dialect == MySqlDialect.MariaDb ? $" IDENTIFIED VIA {plugin} USING {hash}" : $" IDENTIFIED WITH {plugin} AS {hash}";
    }

    private static string Require(bool tls) => tls ? " REQUIRE SSL" : " REQUIRE NONE";

    private static string Limit(int connections) => string.Create(CultureInfo.InvariantCulture, $" WITH MAX_USER_CONNECTIONS {connections}");

    private static async Task<Stored?> ReadAsync(DriverSession session, AccountName account)
    {
        var answer = await session.QueryAsync(
            $"SELECT User, Host, plugin, authentication_string, ssl_type, max_user_connections FROM mysql.user WHERE User = {SqlQuoting.Literal(account.User)}");
        return answer.Rows
            .Where(row => StoredAccounts.IsSame(account, row[0], row[1]))
            .Select(row => new Stored(row[2] ?? "", row[3] ?? "", row[4] is { Length: > 0 }, int.Parse(row[5] ?? "0", CultureInfo.InvariantCulture)))
            .FirstOrDefault();
    }

    private sealed record Stored(string Plugin, string AuthenticationText, bool RequiresTls, int MaxUserConnections)
    {
        public override string ToString() => Plugin;
    }
}
