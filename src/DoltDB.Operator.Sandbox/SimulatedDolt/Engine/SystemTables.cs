using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Tables that show the server's own state: the cluster's, MySQL's, the information schema's, and Dolt's in every database.</summary>
internal static class SystemTables
{
    private static readonly string[] SystemDatabases = ["information_schema", "mysql"];

    /// <summary>Databases that exist without being stored, as SHOW DATABASES lists them.</summary>
    public static IEnumerable<string> DatabaseNames(DoltEngine engine) =>
        engine.Cluster is null ? SystemDatabases : [.. SystemDatabases, "dolt_cluster"];

    public static bool IsSystemDatabase(DoltEngine engine, string name) => DatabaseNames(engine).Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The table, or null when the name is that of a stored table.</summary>
    /// <exception cref="SqlError">The system database has no such table.</exception>
    public static ResultSet? TryRead(StatementContext context, string database, string table)
    {
        var (schema, name) = (database.ToLowerInvariant(), table.ToLowerInvariant());
        return schema switch
        {
            "dolt_cluster" when context.Engine.Cluster is { } cluster => name == "dolt_cluster_status" ? ClusterStatus(context.Engine, cluster) : throw SqlErrors.NoSuchTable(table),
            "mysql" => name switch
            {
                "user" => Users(context.Engine),
                "db" => DatabaseGrants(context.Engine),
                "tables_priv" => TableGrants(context.Engine),
                _ => throw SqlErrors.NoSuchTable(table),
            },
            "information_schema" => InformationSchema.TryRead(context, name) ?? throw SqlErrors.NoSuchTable(table),
            _ when name.StartsWith("dolt_", StringComparison.Ordinal) => DoltTables.TryRead(context, database, name),
            _ => null,
        };
    }

    private static ResultSet ClusterStatus(DoltEngine engine, ClusterController cluster)
    {
        ImmutableArray<ResultColumn> columns =
        [
            new("database", WireType.Blob), new("standby_remote", WireType.Blob), new("role", WireType.Blob), new("epoch", WireType.LongLong),
            new("replication_lag_millis", WireType.LongLong), new("last_update", WireType.DateTime), new("current_error", WireType.Blob),
        ];
        lock (engine.Gate)
        {
            return new ResultSet(columns, [.. cluster.DescribeStatus().Select(row => new object?[]
            {
                row.Database, row.Remote, row.Role.ToSql(), row.Epoch, row.LagMillis, row.LastUpdate, row.Error,
            })]);
        }
    }

    private static ResultSet Users(DoltEngine engine)
    {
        var columns = "Host User " + string.Join(' ', PrivilegeNames.Each.Select(p => p.Column)) + " Grant_priv ssl_type plugin authentication_string password_last_changed account_locked";
        return ResultSet.OfTexts(columns, engine.Accounts.All.Select(account => (object?[])
        [
            account.Name.Host, account.Name.User, .. Flags(account.Global), account.SslType, account.Plugin, account.AuthenticationString,
            SqlValue.Format(account.PasswordChanged), "N",
        ]));
    }

    private static ResultSet DatabaseGrants(DoltEngine engine) => ResultSet.OfTexts(
        "Host Db User " + string.Join(' ', PrivilegeNames.Each.Select(p => p.Column)) + " Grant_priv",
        engine.Accounts.All.SelectMany(account => account.Databases.Select(grant => (object?[])
            [account.Name.Host, grant.Key, account.Name.User, .. Flags(grant.Value)])));

    private static ResultSet TableGrants(DoltEngine engine) => ResultSet.OfTexts(
        "Host Db User Table_name Table_priv",
        engine.Accounts.All.SelectMany(account => account.Tables.Select(grant => (object?[])
            [account.Name.Host, grant.Key.Database, account.Name.User, grant.Key.Table, PrivilegeNames.Format(grant.Value)])));

    private static IEnumerable<object?> Flags(Privilege privileges) =>
        PrivilegeNames.Each.Select(p => p.Privilege).Append(Privilege.GrantOption).Select(p => (privileges & p) != Privilege.None ? "Y" : "N");
}
