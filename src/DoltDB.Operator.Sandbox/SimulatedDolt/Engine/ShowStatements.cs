using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>SHOW and DESCRIBE.</summary>
internal sealed class ShowStatements(StatementContext context)
{
    public ResultSet Run(Show show)
    {
        var result = show.Kind switch
        {
            ShowKind.Databases => Texts("Database", [.. DatabaseNames().Order(StringComparer.OrdinalIgnoreCase).Select(Row)]),
            ShowKind.Tables => Tables(show),
            ShowKind.Columns => Columns(show),
            ShowKind.CreateTable => Texts("Table|Create Table", [[show.Table!.Name, context.OpenTable(show.Table, out _, out _).Schema.ToSql()]]),
            ShowKind.CreateDatabase => CreateDatabase(show.Database!),
            ShowKind.Variables => Texts("Variable_name|Value", [.. context.Engine.Globals.Names.Select(Variable)]),
            ShowKind.Warnings => Texts("Level|Code|Message", [.. context.Session.Warnings.Select(w => new object?[] { w.Level, (long)w.Code, w.Message })]),
            ShowKind.Grants => Grants(show.User!),
            ShowKind.ProcessList => Texts("Id|User|Host|db|Command|Time|State|Info", [.. InformationSchema.Processes(context)]),
            ShowKind.Engines => Texts("Engine|Support|Comment|Transactions|XA|Savepoints", [["InnoDB", "DEFAULT", "Supports transactions", "YES", "YES", "YES"]]),
            ShowKind.Collation => Texts(
                "Collation|Charset|Id|Default|Compiled|Sortlen|Pad_attribute", [["utf8mb4_0900_bin", "utf8mb4", 309L, "", "Yes", 1L, "NO PAD"]]),
            ShowKind.CharacterSet => Texts("Charset|Description|Default collation|Maxlen", [["utf8mb4", "UTF-8 Unicode", "utf8mb4_0900_ai_ci", 4L]]),
            ShowKind.Index => Index(context.OpenTable(show.Table!, out _, out _)),
            ShowKind.TableStatus => TableStatus(show),
            ShowKind.Status => Texts("Variable_name|Value", [["Threads_connected", SqlValue.Format((long)context.Engine.Sessions.All.Count)]]),
            _ => Texts("Level|Code|Message", []),
        };
        return Filter(show, result);
    }

    private static object?[] Row(string text) => [text];

    private IEnumerable<string> DatabaseNames() =>
        [.. InformationSchema.VisibleDatabases(context).Select(d => d.Name), .. SystemTables.DatabaseNames(context.Engine).Where(d => AccessControl.CanSee(context.Account, d))];

    private object?[] Variable(string name)
    {
        var value = context.Session.Variables.TryGetValue(name, out var own) ? own : context.Engine.Globals.Read(name, name);
        return [name, SqlValue.Format(value)];
    }

    private ResultSet Tables(Show show)
    {
        var name = show.Database ?? context.Session.CurrentDatabase ?? throw SqlErrors.NoDatabaseSelected();
        AccessControl.RequireSight(context.Account, name.Split('/')[0]);
        var (database, branch) = context.Open(name);
        var tables = database.GetBranch(branch).Working.Tables.Keys;
        return show.Full
            ? Texts($"Tables_in_{database.Name}|Table_type", [.. tables.Select(t => new object?[] { t, "BASE TABLE" })])
            : Texts($"Tables_in_{database.Name}", [.. tables.Select(Row)]);
    }

    private ResultSet Columns(Show show)
    {
        var schema = context.OpenTable(show.Table!, out _, out _).Schema;
        return Texts("Field|Type|Null|Key|Default|Extra", [.. schema.Columns.Select((column, i) => new object?[]
        {
            column.Name, column.Type.ToString(), column.Nullable ? "YES" : "NO", InformationSchema.KeyOf(schema, i), column.Default, column.AutoIncrement ? "auto_increment" : "",
        })]);
    }

    private ResultSet CreateDatabase(string name)
    {
        var (database, _) = context.Open(name);
        return Texts("Database|Create Database",
            [[database.Name, $"CREATE DATABASE {TableSchema.Quote(database.Name)} /*!40100 DEFAULT CHARACTER SET {database.Charset} COLLATE {database.Collation} */"]]);
    }

    private static ResultSet Index(Table table)
    {
        var keys = table.Schema.UniqueKeys.Select(key => (Name: table.Schema.Columns[key[0]].Name, Key: key)).Prepend((Name: "PRIMARY", Key: table.Schema.PrimaryKey));
        var rows = keys.SelectMany(k => k.Key.Select((column, i) => new object?[] { table.Schema.Name, 0L, k.Name, (long)i + 1, table.Schema.Columns[column].Name }));
        return Texts("Table|Non_unique|Key_name|Seq_in_index|Column_name", [.. rows]);
    }

    private ResultSet TableStatus(Show show)
    {
        var (database, branch) = context.Open(show.Database ?? context.Session.CurrentDatabase ?? throw SqlErrors.NoDatabaseSelected());
        return Texts("Name|Engine|Rows|Collation|Comment", [.. database.GetBranch(branch).Working.Tables.Values.Select(t =>
            new object?[] { t.Schema.Name, "InnoDB", (long)t.Rows.Count, "utf8mb4_0900_bin", "" })]);
    }

    private ResultSet Grants(AccountName name)
    {
        var account = name == Parser.CurrentUser ? context.Account : context.Engine.Accounts.FindByHost(name);
        if (account is null) throw SqlErrors.General($"There is no such grant defined for user '{name.User}' on host '{name.Host}'");
        if (account.Name != context.Account.Name) AccessControl.Require(context.Account, Privilege.Select, "mysql");
        return Texts($"Grants for {account.Name.User}@{account.Name.Host}", [.. AccountStatements.DescribeGrants(account).Select(Row)]);
    }

    /// <summary>LIKE and WHERE of SHOW.</summary>
    private ResultSet Filter(Show show, ResultSet result)
    {
        if (show.Pattern is { } pattern)
            return result with { Rows = [.. result.Rows.Where(r => LikePattern.Matches(SqlValue.Format(r[0]) ?? "", pattern, ignoreCase: true))] };
        if (show.Where is not { } where) return result;
        var evaluator = new Evaluator(context);
        return result with { Rows = [.. result.Rows.Where(r => evaluator.IsTrue(where, new RowScope(result.Columns, r)))] };
    }

    private static ResultSet Texts(string columns, IReadOnlyList<object?[]> rows) =>
        new([.. columns.Split('|').Select(name => new ResultColumn(name, WireType.VarString))], rows);
}
