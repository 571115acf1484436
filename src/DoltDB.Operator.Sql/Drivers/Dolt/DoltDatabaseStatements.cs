namespace DoltDB.Operator.Sql.Drivers.Dolt;

/// <summary>The statements about databases, branches and ignore patterns of Dolt, and the meaning of their answers.</summary>
internal static class DoltDatabaseStatements
{
    public const string ReadVersion = "SELECT dolt_version()";

    public const string ReadActiveBranch = "SELECT active_branch()";

    public const string Begin = "START TRANSACTION";

    public const string StageIgnorePatterns = "CALL DOLT_ADD('dolt_ignore')";

    public const string CommitIgnorePatterns = "CALL DOLT_COMMIT('--skip-empty', '-m', 'Set the ignore patterns of the database')";

    /// <summary>Leaves the database, which may be dropped before the connection is used again.</summary>
    public const string Leave = "USE information_schema";

    private const string IgnoreTable = "dolt_ignore";

    /// <summary>Names of databases are compared without regard to case.</summary>
    public static string Read(string database) =>
        $"SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.schemata WHERE LOWER(SCHEMA_NAME) = LOWER({SqlQuoting.Literal(database)})";

    public static string Create(DatabaseDefinition database) =>
        $"CREATE DATABASE {SqlQuoting.Identifier(database.Name)}"
        + (database.Charset is null ? "" : $" CHARACTER SET {SqlQuoting.Literal(database.Charset)}")
        + (database.Collation is null ? "" : $" COLLATE {SqlQuoting.Literal(database.Collation)}");

    public static string Drop(string database) => $"DROP DATABASE {SqlQuoting.Identifier(database)}";

    public static string Use(string database) => $"USE {SqlQuoting.Identifier(database)}";

    /// <summary>Branches, patterns, and tables that a commit of the patterns would concern, in one reading.</summary>
    public static string ReadContent(string database)
    {
        var name = SqlQuoting.Identifier(database);
        return $"SELECT 'branch', name FROM {name}.dolt_branches"
            + $" UNION ALL SELECT 'pattern', pattern FROM {name}.dolt_ignore WHERE ignored = 1"
            + $" UNION ALL SELECT 'changed', table_name FROM {name}.dolt_status WHERE staged = 1 OR table_name = '{IgnoreTable}'";
    }

    public static DoltDatabaseContent ParseContent(SqlResult answer)
    {
        IEnumerable<string> Of(string kind) => answer.Rows.Where(row => row[0] == kind).Select(row => row[1] ?? "");
        return new(
            Of("branch").ToHashSet(StringComparer.Ordinal),
            Of("pattern").ToHashSet(StringComparer.Ordinal),
            Of("changed").Contains(IgnoreTable),
            [.. Of("changed").Where(table => table != IgnoreTable).Distinct().Order(StringComparer.Ordinal)]);
    }

    public static string CreateBranch(string name, string from) => $"CALL DOLT_BRANCH({SqlQuoting.Literal(name)}, {SqlQuoting.Literal(from)})";

    /// <summary>Refused by Dolt for a branch whose commits no other branch has.</summary>
    public static string DeleteMergedBranch(string name) => $"CALL DOLT_BRANCH('-d', {SqlQuoting.Literal(name)})";

    public static string RemovePatterns(IEnumerable<string> patterns) =>
        $"DELETE FROM {IgnoreTable} WHERE pattern IN ({string.Join(", ", patterns.Select(SqlQuoting.Literal))})";

    public static string AddPatterns(IEnumerable<string> patterns) =>
        $"INSERT INTO {IgnoreTable} (pattern, ignored) VALUES {string.Join(", ", patterns.Select(pattern => $"({SqlQuoting.Literal(pattern)}, 1)"))}";
}

/// <summary>What of a database the definition is about.</summary>
/// <param name="Branches">All branches.</param>
/// <param name="Patterns">Patterns that are in force.</param>
/// <param name="HasUncommittedPatterns">Whether patterns differ from those of the last commit.</param>
/// <param name="StagedTables">Other tables that the next commit takes along.</param>
internal sealed record DoltDatabaseContent(
    IReadOnlySet<string> Branches, IReadOnlySet<string> Patterns, bool HasUncommittedPatterns, IReadOnlyList<string> StagedTables);
