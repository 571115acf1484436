using System.Text;
using DoltDB.Operator.Sql;

namespace DatabaseDrivers.Tests.Engines;

/// <summary>Databases, accounts and their grants on a server that speaks the MySQL protocol.</summary>
internal static class MySqlFingerprint
{
    public static async Task<string> ReadAsync(MySqlProtocolSession session)
    {
        var text = new StringBuilder();
        foreach (var row in Sorted(await session.QueryAsync("SHOW DATABASES")))
            text.AppendLine(row);
        var accounts = await session.QueryAsync("SELECT User, Host, plugin, authentication_string FROM mysql.user");
        foreach (var row in Sorted(accounts))
            text.AppendLine(row);
        foreach (var account in accounts.Rows.OrderBy(row => row[0], StringComparer.Ordinal).ThenBy(row => row[1], StringComparer.Ordinal))
        {
            // Roles have no host and, in some servers, no grants that can be shown.
            if (account[1] is not { Length: > 0 } host || account[0] is not { Length: > 0 } user)
                continue;
            foreach (var row in Sorted(await session.QueryAsync($"SHOW GRANTS FOR {SqlQuoting.Literal(user)}@{SqlQuoting.Literal(host)}")))
                text.AppendLine(row);
        }

        return text.ToString();
    }

    private static IEnumerable<string> Sorted(SqlResult result) => result.Rows.Select(row => string.Join(' ', row)).Order(StringComparer.Ordinal);
}
