using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>The tables of information_schema that clients ask for.</summary>
internal static class InformationSchema
{
    public static ResultSet? TryRead(StatementContext context, string table) => table switch
    {
        "schemata" => ResultSet.OfTexts(
            "CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH",
            VisibleDatabases(context).Select(d => new object?[] { "def", d.Name, d.Charset, d.Collation, null })),
        "tables" => ResultSet.OfTexts(
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE TABLE_ROWS TABLE_COLLATION TABLE_COMMENT",
            VisibleTables(context).Select(t => new object?[] { "def", t.Database, t.Table.Schema.Name, "BASE TABLE", "InnoDB", (long)t.Table.Rows.Count, "utf8mb4_0900_bin", "" })),
        "columns" => ResultSet.OfTexts(
            "TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE COLUMN_TYPE COLUMN_KEY EXTRA",
            VisibleTables(context).SelectMany(t => t.Table.Schema.Columns.Select((column, i) => Describe(t.Database, t.Table.Schema, column, i)))),
        "processlist" => ResultSet.OfTexts("ID USER HOST DB COMMAND TIME STATE INFO", Processes(context)),
        _ => null,
    };

    public static IEnumerable<object?[]> Processes(StatementContext context) => context.Engine.Sessions.All.Select(session => new object?[]
    {
        (long)session.Id, session.User, session.ClientHost, session.CurrentDatabase, session.RunningStatement is null ? "Sleep" : "Query", 0L, "", session.RunningStatement,
    });

    public static IEnumerable<Database> VisibleDatabases(StatementContext context) =>
        context.Transaction.Snapshot.Values.Where(d => AccessControl.CanSee(context.Account, d.Name)).Select(d => context.Transaction.Find(d.Name)!);

    public static string KeyOf(TableSchema schema, int column) =>
        schema.PrimaryKey.Contains(column) ? "PRI" : schema.UniqueKeys.Any(key => key.Contains(column)) ? "UNI" : "";

    private static IEnumerable<(string Database, Table Table)> VisibleTables(StatementContext context) => VisibleDatabases(context)
        .SelectMany(d => d.GetBranch(context.Session.BranchOf(d.Name)).Working.Tables.Values.Select(t => (d.Name, t)));

    private static object?[] Describe(string database, TableSchema schema, Column column, int index) =>
    [
        database, schema.Name, column.Name, (long)index + 1, column.Default, column.Nullable ? "YES" : "NO", column.Type.Kind.ToString().ToLowerInvariant(),
        column.Type.ToString(), KeyOf(schema, index), column.AutoIncrement ? "auto_increment" : "",
    ];
}
