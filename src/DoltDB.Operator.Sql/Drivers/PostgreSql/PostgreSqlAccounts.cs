using System.Globalization;

namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>Accounts of a PostgreSQL server: roles that may log in. Passwords travel as the verifiers that the server stores, so that no log sees them.</summary>
internal static class PostgreSqlAccounts
{
    private const string ReadDependencies = """
        SELECT DISTINCT d.datname::text FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid JOIN pg_database d ON d.oid = s.dbid
        WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND r.rolname = $1 AND d.datallowconn
        """;

    public static async Task<bool> HasAsync(PostgreSqlSession session, string user) =>
        (await session.QueryAsync("SELECT 'found' FROM pg_roles WHERE rolname = $1", user)).Count > 0;

    public static async Task<bool> EnsureAsync(PostgreSqlSession session, AccountDefinition account)
    {
        Check(session, account);
        var role = PostgreSqlQuoting.Identifier(account.Name.User);
        var stored = await ReadAsync(session, account.Name.User);
        RefuseSuperuser(account.Name.User, stored);
        if (stored is null)
        {
            await session.ExecuteSecretAsync($"CREATE ROLE {role} LOGIN{Limit(account.MaxUserConnections)} PASSWORD {PostgreSqlQuoting.Literal(Encrypt(account.Password))}");
            stored = await ReadAsync(session, account.Name.User);
            await JoinAsync(session, role, stored);
            return true;
        }

        var changes = (stored.CanLogIn ? "" : " LOGIN")
            + (account.MaxUserConnections is { } most && LimitOf(most) != stored.ConnectionLimit ? Limit(most) : "")
            + (await HasPasswordAsync(session, account, stored) ? "" : $" PASSWORD {PostgreSqlQuoting.Literal(Encrypt(account.Password))}");
        if (changes.Length > 0)
            await session.ExecuteSecretAsync($"ALTER ROLE {role}{changes}");
        return await JoinAsync(session, role, stored) || changes.Length > 0;
    }

    /// <summary>Ends the sessions of the account and keeps new ones out; then what it owns goes to the administrator, in one database after the other.</summary>
    public static async Task DropAsync(PostgreSqlSession session, string user, Func<string, Func<PostgreSqlSession, Task>, Task> inDatabase)
    {
        if (await ReadAsync(session, user) is not { } stored)
            return;
        RefuseSuperuser(user, stored);
        var role = PostgreSqlQuoting.Identifier(user);
        await JoinAsync(session, role, stored);
        await session.ExecuteAsync($"ALTER ROLE {role} NOLOGIN");
        await EndSessionsAsync(session, user);
        foreach (var row in await session.QueryAsync(ReadDependencies, user))
        {
            if (row[0] is { } database && database != session.Database)
                await inDatabase(database, dependent => GiveUpAsync(dependent, role));
        }

        // What is in this database, and what belongs to none: databases themselves and the privileges on them.
        await GiveUpAsync(session, role);
        await session.ExecuteAsync($"DROP ROLE IF EXISTS {role}");
    }

    private static async Task EndSessionsAsync(PostgreSqlSession session, string user)
    {
        await session.QueryAsync("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = $1", user);
        // They end soon, all at once. An administrator who is no superuser cannot drop a database in which a session of a role that is gone is about to end.
        if (session.ServerMajor >= 14)
            await session.QueryAsync("SELECT pg_terminate_backend(pid, 500)::text FROM pg_stat_activity WHERE usename = $1 LIMIT 10", user);
    }

    private static Task GiveUpAsync(PostgreSqlSession session, string role) =>
        session.ExecuteTogetherAsync([$"REASSIGN OWNED BY {role} TO CURRENT_USER", $"DROP OWNED BY {role}"]);

    private static void Check(PostgreSqlSession session, AccountDefinition account)
    {
        PostgreSqlNames.CheckAccount(account.Name, session.Server);
        NameRules.CheckPassword(account.Password);
        if (account.MaxUserConnections is < 0)
            throw NameRules.Invalid("maxUserConnections cannot be negative");
        if (account.RequireTls is true)
            throw new DriverException(DriverError.Unsupported, $"requireTLS of account {account.Name.User}: PostgreSQL decides that in pg_hba.conf, not by account");
    }

    /// <summary>True when the administrator could not act for the role before.</summary>
    private static async Task<bool> JoinAsync(PostgreSqlSession session, string role, Stored? stored)
    {
        if (stored is null || RoleMembership.Join(session.ServerMajor, role, stored.IsManageable) is not { } statement)
            return false;
        await session.ExecuteAsync(statement);
        return true;
    }

    private static async Task<bool> HasPasswordAsync(PostgreSqlSession session, AccountDefinition account, Stored stored)
    {
        if (!stored.IsPasswordReadable)
            return account.IsPasswordApplied;
        var rows = await session.QueryAsync("SELECT rolpassword FROM pg_authid WHERE rolname = $1", account.Name.User);
        if (rows is not [[{ } verifier]] || !ScramVerifier.Is(verifier))
            return rows is [[not null]] && account.IsPasswordApplied;
        return ScramVerifier.Verify(verifier, account.Password) || (!ScramVerifier.CanCompute(account.Password) && account.IsPasswordApplied);
    }

    private static string Encrypt(string password) => ScramVerifier.CanCompute(password) ? ScramVerifier.Create(password) : password;

    private static string Limit(int? most) => most is { } value ? string.Create(CultureInfo.InvariantCulture, $" CONNECTION LIMIT {LimitOf(value)}") : "";

    private static int LimitOf(int most) => most == 0 ? -1 : most;

    private static string Read(int serverMajor) => $"""
        SELECT r.rolcanlogin::text, r.rolconnlimit::text, has_table_privilege('pg_catalog.pg_authid', 'SELECT')::text,
          ({RoleMembership.Condition(serverMajor)} OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))::text, r.rolsuper::text
        FROM pg_roles r WHERE r.rolname = $1
        """;

    private static async Task<Stored?> ReadAsync(PostgreSqlSession session, string user) => (await session.QueryAsync(Read(session.ServerMajor), user)) is [var row, ..]
        ? new(row[0] is "true", int.Parse(row[1] ?? "-1", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), row[2] is "true", row[3] is "true", row[4] is "true")
        : null;

    /// <summary>Who may name accounts must not get hold of one that may do everything.</summary>
    private static void RefuseSuperuser(string user, Stored? stored)
    {
        if (stored is { IsSuperuser: true })
            throw NameRules.Invalid($"user {user} is a superuser and is not managed");
    }

    private sealed record Stored(bool CanLogIn, int ConnectionLimit, bool IsPasswordReadable, bool IsManageable, bool IsSuperuser);
}
