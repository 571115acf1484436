using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sql;

/// <summary>Every statement that the operator says to a Dolt server of a cluster, and the meaning of every answer.</summary>
internal static class DoltStatements
{
    /// <summary>Without a cluster configuration the variables do not exist: 1105.</summary>
    public const string ReadRole = "SELECT @@global.dolt_cluster_role, @@global.dolt_cluster_role_epoch";

    public const string Probe = "SELECT 1";

    public const string ReadEngineVersion = "SELECT dolt_version()";

    public const string ListDatabases = "SHOW DATABASES";

    /// <summary>Needs a current database. Covers the working set of its default branch.</summary>
    public const string HashDatabase = "SELECT dolt_hashof_db()";

    /// <summary>Needs a current database.</summary>
    public const string ListBranches = "SELECT name, hash FROM dolt_branches";

    public const string ReadReplicationStatus =
        "SELECT `database`, standby_remote, role, epoch, replication_lag_millis, current_error FROM dolt_cluster.dolt_cluster_status";

    public const string ReadAckWritesTimeout = $"SELECT @@global.{AckWritesTimeout}";

    public const string ListAccounts = "SELECT User, Host, plugin, authentication_string, ssl_type FROM mysql.user";

    /// <summary>Needs a current database. What somebody has staged would go into any commit.</summary>
    public const string ListStaged = "SELECT table_name FROM dolt_status WHERE staged = 1";

    public const string CommitEmpty = "CALL DOLT_COMMIT('--allow-empty', '-m', 'resync')";

    public const string FlushPrivileges = "FLUSH PRIVILEGES";

    /// <summary>A configuration may switch autocommit off, and a session that never commits would read one snapshot for ever.</summary>
    public const string EnableAutocommit = "SET autocommit = 1";

    /// <summary>The host part of accounts that may come from anywhere.</summary>
    public const string AnyHost = "%";

    private const string AckWritesTimeout = "dolt_cluster_ack_writes_timeout_secs";

    private const string LogLevel = "dolt_log_level";

    private static readonly HashSet<string> s_logLevels = new(StringComparer.Ordinal) { "panic", "fatal", "error", "warning", "info", "debug", "trace" };

    private static readonly HashSet<string> s_systemDatabases =
        new(StringComparer.OrdinalIgnoreCase) { "information_schema", "mysql", "performance_schema", "dolt_cluster" };

    public static string Use(string database) => $"USE {SqlQuoting.Identifier(database)}";

    /// <summary>The root of the working set as a session has it, which is what <see cref="HashDatabase"/> answers too.</summary>
    public static string WorkingRoot(string database) =>
        $"SELECT @@{(database.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') ? database + "_working" : SqlQuoting.Identifier(database + "_working"))}";

    public static string AssumeRole(DoltRole role, long epoch) => role switch
    {
        DoltRole.Primary => $"CALL DOLT_ASSUME_CLUSTER_ROLE('primary', {Number(epoch)})",
        DoltRole.Standby => $"CALL DOLT_ASSUME_CLUSTER_ROLE('standby', {Number(epoch)})",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "a server can be told to be primary or standby"),
    };

    public static string TransitionToStandby(long epoch, int minimumCaughtUpStandbys) =>
        $"CALL DOLT_CLUSTER_TRANSITION_TO_STANDBY('{Number(epoch)}', '{Number(minimumCaughtUpStandbys)}')";

    /// <summary>One statement for all, the variable of the cluster first.</summary>
    public static string ReadVariables(bool isMember) => isMember ? $"{ReadAckWritesTimeout}, @@global.{LogLevel}" : $"SELECT @@global.{LogLevel}";

    public static string SetVariable(DoltVariable variable, string value) => variable switch
    {
        DoltVariable.AckWritesTimeout when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) => $"SET GLOBAL {AckWritesTimeout} = {Number(seconds)}",
        DoltVariable.LogLevel when s_logLevels.Contains(value) => $"SET GLOBAL {LogLevel} = {SqlQuoting.Literal(value)}",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, $"no server takes this as its {variable}"),
    };

    /// <summary>Always with IDENTIFIED: without it Dolt empties the password.</summary>
    public static string SetPassword(string user, string password) => $"ALTER USER {Anywhere(user)} IDENTIFIED BY {SqlQuoting.Literal(password)}";

    public static string CreateAccount(string user, string password) => $"CREATE USER {Anywhere(user)} IDENTIFIED BY {SqlQuoting.Literal(password)}";

    public static string GrantAll(string user) => $"GRANT ALL PRIVILEGES ON *.* TO {Anywhere(user)} WITH GRANT OPTION";

    public static string ShowGrants(string user, string host) => $"SHOW GRANTS FOR {SqlQuoting.Literal(user)}@{SqlQuoting.Literal(host)}";

    public static DoltRoleReport ParseRole(SqlResult result)
    {
        var row = SingleRow(result);
        var role = Text(row, 0) switch
        {
            "primary" => DoltRole.Primary,
            "standby" => DoltRole.Standby,
            "detected_broken_config" => DoltRole.DetectedBrokenConfig,
            _ => throw new IOException("the server reports a cluster role that is none of primary, standby, detected_broken_config"),
        };
        return new(role, Integer(Text(row, 1)));
    }

    /// <summary>The answer to <see cref="ReadVariables"/>, or to its first part alone.</summary>
    public static RunningVariables ParseVariables(bool isMember, SqlResult result)
    {
        var row = SingleRow(result);
        int? seconds = isMember ? (int)long.Clamp(Integer(Text(row, 0)), int.MinValue, int.MaxValue) : null;
        return new(seconds, row.Count == (isMember ? 2 : 1) && row[^1] is { } level ? LevelOf(level) : null);
    }

    public static string ParseSingleText(SqlResult result) => Text(SingleRow(result), 0);

    /// <summary>User databases in ordinal order. A name with a slash would be a revision of a database, not a database.</summary>
    public static IReadOnlyList<string> ParseDatabases(SqlResult result)
    {
        var names = new List<string>(result.Rows.Count);
        foreach (var row in result.Rows)
        {
            var name = Text(row, 0);
            if (!s_systemDatabases.Contains(name) && !name.Contains('/', StringComparison.Ordinal))
                names.Add(name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>One hash over the working set of the default branch and the heads of all.</summary>
    public static string Fingerprint(string root, SqlResult branches) =>
        Fingerprint(string.Join('\n', branches.Rows.Select(static row => $"{Text(row, 0)} {Text(row, 1)}").Order(StringComparer.Ordinal).Prepend(root)));

    /// <summary>Stands for a database that cannot be opened.</summary>
    public static string Fingerprint(DoltException failure) => IDoltServer.Unreadable + Fingerprint($"{failure.Code} {failure.Message}");

    public static IReadOnlyList<DoltReplicationStatus> ParseReplicationStatus(SqlResult result)
    {
        var rows = new List<DoltReplicationStatus>(result.Rows.Count);
        foreach (var row in result.Rows)
        {
            var lag = Value(row, 4);
            rows.Add(new(Text(row, 0), Text(row, 1), Text(row, 2), Integer(Text(row, 3)), lag is null ? null : Integer(lag), Value(row, 5)));
        }

        return rows;
    }

    public static IReadOnlyList<DoltTransitionRow> ParseTransition(SqlResult result)
    {
        var (caughtUp, database) = (result.IndexOf("caught_up"), result.IndexOf("database"));
        var (remote, url) = (result.IndexOf("remote"), result.IndexOf("remote_url"));
        return [.. result.Rows.Select(row =>
            new DoltTransitionRow(Integer(Text(row, caughtUp)) != 0, Text(row, database), Text(row, remote), Text(row, url)))];
    }

    /// <summary>The level by the one of its names that servers begin with.</summary>
    private static string LevelOf(string text) => text.ToLowerInvariant() is var level && level == "warn" ? "warning" : level;

    private static string Fingerprint(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static IReadOnlyList<string?> SingleRow(SqlResult result) =>
        result.Rows.Count == 1 ? result.Rows[0] : throw new IOException($"the server answered {result.Rows.Count} rows where one was due");

    private static string? Value(IReadOnlyList<string?> row, int column) =>
        column < row.Count ? row[column] : throw new IOException($"the server answered {row.Count} columns where at least {column + 1} were due");

    private static string Anywhere(string user) => $"{SqlQuoting.Literal(user)}@{SqlQuoting.Literal(AnyHost)}";

    private static string Text(IReadOnlyList<string?> row, int column) =>
        Value(row, column) ?? throw new IOException($"the server answered NULL in column {column + 1}");

    private static long Integer(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new IOException("the server answered text where a number was due");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
