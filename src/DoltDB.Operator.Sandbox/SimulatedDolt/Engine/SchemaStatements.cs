using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>CREATE, DROP and ALTER of databases and tables.</summary>
internal sealed class SchemaStatements(StatementContext context)
{
    private static readonly string[] Charsets = ["utf8mb4", "utf8mb3", "utf8", "latin1", "ascii", "binary"];

    public StatementResult CreateDatabase(CreateDatabase create)
    {
        AccessControl.Require(context.Account, Privilege.Create, create.Name);
        if (create.Name.Contains('/', StringComparison.Ordinal)) throw new SqlError(1102, $"Incorrect database name '{create.Name}'");
        if (create.Charset is { } charset && !Charsets.Contains(charset.ToLowerInvariant())) throw SqlErrors.General($"Unknown character set: {charset}");
        if (create.Collation is { } collation && !Charsets.Any(c => collation.StartsWith(c, StringComparison.OrdinalIgnoreCase)))
            throw SqlErrors.General($"Unknown collation: '{collation}'");
        if (!context.Engine.IsWritable) throw SqlErrors.ServerReadOnly();
        if (context.Transaction.Find(create.Name) is not null || SystemTables.IsSystemDatabase(context.Engine, create.Name))
        {
            if (!create.IfNotExists) throw SqlErrors.DatabaseExists(create.Name);
            context.Session.Warnings.Add(new SqlWarning("Note", 1007, $"Can't create database {create.Name}; database exists "));
            return new StatementResult { Affected = 1 };
        }

        context.Engine.CreateDatabase(Database.Create(create.Name, context.Now, create.Charset ?? "utf8mb4", create.Collation ?? "utf8mb4_0900_bin"));
        return new StatementResult { Affected = 1 };
    }

    public StatementResult DropDatabase(DropDatabase drop)
    {
        AccessControl.Require(context.Account, Privilege.Drop, drop.Name);
        if (!context.Engine.IsWritable) throw SqlErrors.ServerReadOnly();
        if (SystemTables.IsSystemDatabase(context.Engine, drop.Name)) throw SqlErrors.General($"unable to drop database: {drop.Name}");
        if (context.Transaction.Find(drop.Name) is not { } database)
        {
            if (!drop.IfExists) throw SqlErrors.NoSuchDatabase(drop.Name);
            context.Session.Warnings.Add(new SqlWarning("Note", 1008, $"Can't drop database {drop.Name}; database doesn't exist "));
            return StatementResult.Ok;
        }

        context.Engine.DropDatabase(database.Name);
        if (database.Name.Equals(context.Session.CurrentDatabase, StringComparison.OrdinalIgnoreCase)) context.Session.CurrentDatabase = null;
        return new StatementResult { Affected = 1 };
    }

    public StatementResult CreateTable(CreateTable create)
    {
        var (database, branch) = OpenForChange(create.Table, Privilege.Create);
        var root = database.GetBranch(branch).Working;
        if (root.Tables.ContainsKey(create.Table.Name))
        {
            if (create.IfNotExists) return StatementResult.Ok;
            throw new SqlError(1050, $"table with name {create.Table.Name} already exists");
        }

        context.Transaction.Apply(database.Name, new TablePut(branch, BuildTable(create)));
        return StatementResult.Ok;
    }

    public StatementResult DropTable(DropTable drop)
    {
        foreach (var name in drop.Tables)
        {
            var (database, branch) = OpenForChange(name, Privilege.Drop);
            if (database.GetBranch(branch).Working.Tables.ContainsKey(name.Name)) context.Transaction.Apply(database.Name, new TableDropped(branch, name.Name));
            else if (!drop.IfExists) throw new SqlError(1051, $"Unknown table '{name.Name}'");
        }

        return StatementResult.Ok;
    }

    public StatementResult AlterTable(AlterTable alter)
    {
        var (database, branch) = OpenForChange(alter.Table, Privilege.Alter);
        var table = database.GetBranch(branch).Working.Tables.GetValueOrDefault(alter.Table.Name) ?? throw SqlErrors.NoSuchTable(alter.Table.Name);
        var altered = alter.Actions.Aggregate(table, Apply);
        if (altered.Schema.Name != table.Schema.Name) context.Transaction.Apply(database.Name, new TableDropped(branch, table.Schema.Name));
        context.Transaction.Apply(database.Name, new TablePut(branch, altered));
        return StatementResult.Ok;
    }

    private (Database Database, string Branch) OpenForChange(TableName table, Privilege privilege)
    {
        var name = context.DatabaseOf(table);
        AccessControl.Require(context.Account, privilege, name.Split('/')[0], table.Name);
        var opened = context.Open(name);
        if (!context.Engine.IsWritable) throw SqlErrors.DatabaseReadOnly(opened.Database.Name);
        return opened;
    }

    private Table BuildTable(CreateTable create)
    {
        if (create.Schema is { } schema) return new Table(schema);
        if (create.Like is { } like) return new Table(context.OpenTable(like, out _, out _).Schema with { Name = create.Table.Name });
        var result = new QueryRunner(context).Run(create.Query!);
        var columns = result.Columns.Select((column, i) => new Column { Name = column.Name, Type = TypeFor(result.Rows.Select(r => r[i])) });
        var table = new Table(new TableSchema(create.Table.Name, [.. columns], [], []));
        return table.Put([.. result.Rows.Select((row, i) => new StoredRow(table.KeyOf(row, i + 1), row))]);
    }

    private static ColumnType TypeFor(IEnumerable<object?> values) => values.FirstOrDefault(v => v is not null) switch
    {
        long => new ColumnType(ColumnKind.BigInt),
        double => new ColumnType(ColumnKind.Double),
        decimal => new ColumnType(ColumnKind.Decimal, 65, 10),
        DateTime => new ColumnType(ColumnKind.DateTime, 6),
        _ => new ColumnType(ColumnKind.Text),
    };

    private Table Apply(Table table, AlterAction action) => action switch
    {
        AddColumn add => AddColumn(table, add),
        DropColumn drop => DropColumn(table, IndexOf(table, drop.Name)),
        ChangeColumn change => Change(table, IndexOf(table, change.Name), change.Column),
        RenameTable rename => table.Rewrite(table.Schema with { Name = rename.NewName }, cells => cells),
        AddIndex { Unique: true } index => table.Rewrite(
            table.Schema with { UniqueKeys = table.Schema.UniqueKeys.Add([.. index.Columns.Select(c => IndexOf(table, c))]) }, cells => cells),
        _ => table,
    };

    private Table AddColumn(Table table, AddColumn add)
    {
        if (table.Schema.IndexOf(add.Column.Name) >= 0) throw new SqlError(1060, $"Duplicate column name '{add.Column.Name}'");
        var at = add.First ? 0 : add.After is null ? table.Schema.Columns.Length : IndexOf(table, add.After) + 1;
        ImmutableArray<int> Shift(ImmutableArray<int> key) => [.. key.Select(i => i >= at ? i + 1 : i)];
        var value = add.Column.Default is null
            ? add.Column.Nullable ? null : SqlValue.Convert(add.Column.Type.IsText ? "" : 0L, add.Column)
            : SqlValue.Convert(new Evaluator(context).Constant(Parser.ParseExpressionText(add.Column.Default)), add.Column);
        var schema = new TableSchema(
            table.Schema.Name, table.Schema.Columns.Insert(at, add.Column), Shift(table.Schema.PrimaryKey), [.. table.Schema.UniqueKeys.Select(Shift)]);
        return table.Rewrite(schema, cells => [.. cells[..at], value, .. cells[at..]]);
    }

    private static Table DropColumn(Table table, int at)
    {
        if (table.Schema.PrimaryKey.Contains(at)) throw SqlErrors.General($"can't drop column {table.Schema.Columns[at].Name}: it is part of the primary key");
        ImmutableArray<int> Shift(ImmutableArray<int> key) => [.. key.Select(i => i > at ? i - 1 : i)];
        var unique = table.Schema.UniqueKeys.Where(key => !key.Contains(at)).Select(Shift);
        var schema = new TableSchema(table.Schema.Name, table.Schema.Columns.RemoveAt(at), Shift(table.Schema.PrimaryKey), [.. unique]);
        return table.Rewrite(schema, cells => [.. cells[..at], .. cells[(at + 1)..]]);
    }

    private static Table Change(Table table, int at, Column column)
    {
        var schema = table.Schema with { Columns = table.Schema.Columns.SetItem(at, table.Schema.PrimaryKey.Contains(at) ? column with { Nullable = false } : column) };
        return table.Rewrite(schema, cells => [.. cells[..at], SqlValue.Convert(cells[at], column), .. cells[(at + 1)..]]);
    }

    private static int IndexOf(Table table, string column) => table.Schema.IndexOf(column) is >= 0 and var i ? i : throw SqlErrors.NoSuchColumn(column);
}
