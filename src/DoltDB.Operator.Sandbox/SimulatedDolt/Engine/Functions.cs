using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Scalar functions.</summary>
internal sealed class Functions(StatementContext context)
{
    public object? Invoke(string name, ImmutableArray<object?> arguments) => name switch
    {
        "version" => SystemVariables.ServerVersion,
        "dolt_version" => context.Engine.EngineVersion,
        "database" or "schema" => context.Session.CurrentDatabase,
        "user" or "session_user" or "system_user" => $"{context.Session.User}@{context.Session.ClientHost}",
        "current_user" => $"{context.Account.Name.User}@{context.Account.Name.Host}",
        "connection_id" => (long)context.Session.Id,
        "last_insert_id" => context.Session.LastInsertId,
        "row_count" => context.Session.RowCount,
        "found_rows" => context.Session.RowCount,
        "now" or "current_timestamp" or "localtimestamp" or "utc_timestamp" or "sysdate" => ToSeconds(context.Now, arguments),
        "curdate" or "current_date" => context.Now.Date,
        "unix_timestamp" => UnixTime(arguments),
        "uuid" => Guid.NewGuid().ToString(),
        "active_branch" => context.OpenCurrent().Branch,
        "dolt_hashof_db" => HashOfDatabase(arguments),
        "dolt_hashof" or "hashof" => HashOfRevision(arguments),
        "dolt_hashof_table" => HashOfTable(arguments),
        "coalesce" or "ifnull" => arguments.FirstOrDefault(a => a is not null),
        "if" => SqlValue.IsTrue(At(arguments, 0)) ? At(arguments, 1) : At(arguments, 2),
        "nullif" => At(arguments, 0) is { } a && At(arguments, 1) is { } b && SqlValue.Compare(a, b) == 0 ? null : At(arguments, 0),
        "values" => At(arguments, 0),
        "sleep" => 0L,
        _ => OfValues(name, arguments),
    };

    private static object? OfValues(string name, ImmutableArray<object?> arguments)
    {
        if (arguments.Any(a => a is null)) return IsKnown(name) ? null : throw Unknown(name);
        string Text(int i) => SqlValue.Format(At(arguments, i)) ?? throw SqlErrors.General($"function '{name}' expected more arguments");
        int Number(int i) => (int)SqlValue.ToLong(At(arguments, i));
        return name switch
        {
            "concat" => string.Concat(arguments.Select(SqlValue.Format)),
            "concat_ws" => string.Join(Text(0), arguments.Skip(1).Select(SqlValue.Format)),
            "upper" or "ucase" => Text(0).ToUpperInvariant(),
            "lower" or "lcase" => Text(0).ToLowerInvariant(),
            "length" or "octet_length" => (long)Encoding.UTF8.GetByteCount(Text(0)),
            "char_length" or "character_length" => (long)Text(0).Length,
            "trim" => Text(0).Trim(' '),
            "left" => Text(0)[..Math.Clamp(Number(1), 0, Text(0).Length)],
            "right" => Text(0)[^Math.Clamp(Number(1), 0, Text(0).Length)..],
            "substring" or "substr" or "mid" => Substring(Text(0), Number(1), arguments.Length > 2 ? Number(2) : int.MaxValue),
            "replace" => Text(1).Length == 0 ? Text(0) : Text(0).Replace(Text(1), Text(2)),
            "repeat" => string.Concat(Enumerable.Repeat(Text(0), Math.Clamp(Number(1), 0, 1 << 20))),
            "lpad" => Text(0).PadLeft(Math.Clamp(Number(1), 0, 1 << 20), Text(2)[0]),
            "hex" => At(arguments, 0) is long value ? value.ToString("X", CultureInfo.InvariantCulture) : Convert.ToHexString(Encoding.UTF8.GetBytes(Text(0))),
            "sha2" => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(0)))),
            "abs" => SqlValue.ToDouble(At(arguments, 0)) < 0 ? Arithmetic.Compute("-", 0L, At(arguments, 0)!) : At(arguments, 0),
            "floor" => SqlValue.ToLong(Math.Floor(SqlValue.ToDecimal(At(arguments, 0)))),
            "ceil" or "ceiling" => SqlValue.ToLong(Math.Ceiling(SqlValue.ToDecimal(At(arguments, 0)))),
            "round" => Math.Round(SqlValue.ToDecimal(At(arguments, 0)), arguments.Length > 1 ? Number(1) : 0, MidpointRounding.AwayFromZero),
            "mod" => Arithmetic.Compute("%", At(arguments, 0)!, At(arguments, 1)!),
            "greatest" => arguments.Aggregate((a, b) => SqlValue.Compare(a, b) >= 0 ? a : b),
            "least" => arguments.Aggregate((a, b) => SqlValue.Compare(a, b) <= 0 ? a : b),
            "date" => SqlValue.ToTime(At(arguments, 0))?.Date,
            _ => throw Unknown(name),
        };
    }

    private static bool IsKnown(string name) => name is "concat" or "concat_ws" or "upper" or "ucase" or "lower" or "lcase" or "length" or "octet_length"
        or "char_length" or "character_length" or "trim" or "left" or "right" or "substring" or "substr" or "mid" or "replace" or "repeat" or "lpad"
        or "hex" or "sha2" or "abs" or "floor" or "ceil" or "ceiling" or "round" or "mod" or "greatest" or "least" or "date";

    private static SqlError Unknown(string name) => SqlErrors.General($"function: '{name}' not found");

    private static object? At(ImmutableArray<object?> arguments, int index) => index < arguments.Length ? arguments[index] : null;

    private static string Substring(string text, int from, int count)
    {
        var start = from > 0 ? from - 1 : from < 0 ? text.Length + from : text.Length;
        if (start < 0 || start >= text.Length || count <= 0) return "";
        return text.Substring(start, Math.Min(count, text.Length - start));
    }

    private static DateTime ToSeconds(DateTime time, ImmutableArray<object?> arguments) =>
        arguments.Length > 0 ? time : new DateTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);

    private object? UnixTime(ImmutableArray<object?> arguments)
    {
        var time = arguments.Length == 0 ? context.Now : SqlValue.ToTime(arguments[0]);
        return time is null ? null : new DateTimeOffset(time.Value, TimeSpan.Zero).ToUnixTimeSeconds();
    }

    /// <summary>Without a current database the name in the error is empty, as Dolt has it.</summary>
    private string HashOfDatabase(ImmutableArray<object?> arguments)
    {
        var name = context.Session.CurrentDatabase ?? throw SqlErrors.NoSuchDatabase("");
        var (database, _) = context.Open(name);
        if (arguments.Length == 0) return database.GetBranch(context.Session.BranchOf(name)).Working.Hash;
        return database.GetBranch(SqlValue.Format(arguments[0]) ?? "").Working.Hash;
    }

    private string HashOfRevision(ImmutableArray<object?> arguments)
    {
        var (database, branch) = context.OpenCurrent();
        return Revisions.Resolve(database, branch, SqlValue.Format(At(arguments, 0)) ?? "HEAD").Hash;
    }

    private string HashOfTable(ImmutableArray<object?> arguments)
    {
        var (database, branch) = context.OpenCurrent();
        var name = SqlValue.Format(At(arguments, 0)) ?? "";
        return database.GetBranch(branch).Working.Tables.TryGetValue(name, out var table) ? table.Hash : throw SqlErrors.NoSuchTable(name);
    }
}

/// <summary>Names of commits: branch, tag, hash, HEAD, and <c>~n</c> behind them.</summary>
internal static class Revisions
{
    /// <exception cref="SqlError">1105: no such commit.</exception>
    public static CommitRecord Resolve(Database database, string currentBranch, string revision)
    {
        var tilde = revision.IndexOfAny(['~', '^']);
        var name = tilde < 0 ? revision : revision[..tilde];
        var steps = tilde < 0 ? 0 : int.TryParse(revision[(tilde + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1;
        var hash = name.Equals("HEAD", StringComparison.OrdinalIgnoreCase) ? database.GetBranch(currentBranch).Head
            : database.Branches.TryGetValue(name, out var branch) ? branch.Head
            : database.Tags.GetValueOrDefault(name) ?? name;
        for (; steps > 0 && hash is not null; steps--) hash = database.Commits.GetValueOrDefault(hash)?.Parent;
        return hash is not null && database.Commits.TryGetValue(hash, out var commit) ? commit : throw SqlErrors.General($"invalid ref spec: {revision}");
    }

    /// <summary>A commit and its ancestors, newest first.</summary>
    public static IEnumerable<CommitRecord> History(Database database, string head)
    {
        for (var hash = head; hash is not null && database.Commits.TryGetValue(hash, out var commit); hash = commit.Parent) yield return commit;
    }
}
