using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>INSERT, REPLACE, UPDATE, DELETE, TRUNCATE.</summary>
internal sealed class TableStatements(StatementContext context)
{
    private readonly Evaluator _evaluator = new(context);

    public StatementResult Insert(Insert insert)
    {
        var table = Open(insert.Table, insert.Replace ? Privilege.Insert | Privilege.Delete : Privilege.Insert);
        var columns = ColumnsOf(insert, table.Current.Schema);
        var writer = new RowWriter(table.Current);
        long affected = 0;
        foreach (var cells in BuildRows(insert, table.Current, columns, writer))
        {
            var clash = writer.FindClash(cells);
            if (clash is null)
            {
                writer.Put(cells);
                affected++;
            }
            else if (insert.Replace)
            {
                writer.Remove(clash.Value);
                writer.Put(cells);
                affected += 2;
            }
            else if (!insert.OnDuplicate.IsEmpty)
            {
                affected += UpdateDuplicate(insert, table.Current.Schema, writer, clash.Value, cells);
            }
            else if (!insert.Ignore)
            {
                throw new SqlError(1062, $"duplicate primary key given: [{clash.Value}]");
            }
        }

        Store(table, writer);
        if (writer.LastGenerated > 0) context.Session.LastInsertId = writer.LastGenerated;
        return new StatementResult { Affected = affected, LastInsertId = writer.LastGenerated };
    }

    public StatementResult Update(Update update)
    {
        var table = Open(update.Table, Privilege.Update);
        var scopes = Matching(table.Current, update.Alias, update.Where, update.OrderBy, update.Limit);
        var writer = new RowWriter(table.Current);
        long changed = 0;
        foreach (var (key, scope) in scopes)
        {
            var cells = Assign(table.Current.Schema, update.Set, scope);
            if (cells.AsSpan().SequenceEqual(scope.Cells)) continue;
            writer.Remove(key);
            if (writer.FindClash(cells) is { } clash) throw new SqlError(1062, $"duplicate primary key given: [{clash}]");
            writer.Put(cells, table.Current.Schema.PrimaryKey.IsEmpty ? key : null);
            changed++;
        }

        Store(table, writer);
        return new StatementResult { Affected = changed, Info = $"Rows matched: {scopes.Count}  Changed: {changed}  Warnings: 0" };
    }

    public StatementResult Delete(Delete delete)
    {
        var table = Open(delete.Table, Privilege.Delete);
        var writer = new RowWriter(table.Current);
        var rows = Matching(table.Current, delete.Table.Name, delete.Where, delete.OrderBy, delete.Limit);
        foreach (var (key, _) in rows) writer.Remove(key);
        Store(table, writer);
        return new StatementResult { Affected = rows.Count };
    }

    public StatementResult Truncate(Truncate truncate)
    {
        var table = Open(truncate.Table, Privilege.Drop);
        context.Transaction.Apply(table.Database, new TablePut(table.Branch, new Table(table.Current.Schema)));
        return new StatementResult { Affected = table.Current.Rows.Count };
    }

    private sealed record OpenedTable(string Database, string Branch, Table Current);

    private OpenedTable Open(TableName name, Privilege privilege)
    {
        AccessControl.Require(context.Account, privilege, context.DatabaseOf(name).Split('/')[0], name.Name);
        var table = context.OpenTable(name, out var database, out var branch);
        if (!context.Engine.IsWritable) throw SqlErrors.DatabaseReadOnly(database);
        return new OpenedTable(database, branch, table);
    }

    private void Store(OpenedTable table, RowWriter writer)
    {
        if (!context.Transaction.Find(table.Database)!.GetBranch(table.Branch).Working.Tables.ContainsKey(table.Current.Schema.Name) && writer.Written.Length > 0)
            context.Transaction.Apply(table.Database, new TablePut(table.Branch, table.Current));
        if (writer.Removed.Length > 0) context.Transaction.Apply(table.Database, new RowsRemoved(table.Branch, table.Current.Schema.Name, writer.Removed));
        if (writer.Written.Length > 0) context.Transaction.Apply(table.Database, new RowsPut(table.Branch, table.Current.Schema.Name, writer.Written));
    }

    private static ImmutableArray<int> ColumnsOf(Insert insert, TableSchema schema)
    {
        if (insert.Columns.IsEmpty) return [.. Enumerable.Range(0, schema.Columns.Length)];
        return [.. insert.Columns.Select(name => schema.IndexOf(name) is >= 0 and var i ? i : throw SqlErrors.General($"Unknown column '{name}' in '{schema.Name}'"))];
    }

    private IEnumerable<object?[]> BuildRows(Insert insert, Table table, ImmutableArray<int> columns, RowWriter writer)
    {
        if (insert.Query is { } query)
        {
            foreach (var row in new QueryRunner(context).Run(query).Rows) yield return Complete(table.Schema, columns, row, writer);
            yield break;
        }

        foreach (var row in insert.Rows)
        {
            var values = row.Select((value, i) =>
                value is not null ? _evaluator.Constant(value) : i < columns.Length ? DefaultOf(table.Schema.Columns[columns[i]]) : null).ToArray();
            yield return Complete(table.Schema, columns, values, writer);
        }
    }

    /// <summary>All cells of a row in the table's order: given, generated, or by default.</summary>
    private object?[] Complete(TableSchema schema, ImmutableArray<int> columns, object?[] values, RowWriter writer)
    {
        if (values.Length != columns.Length && !(values.Length == 0)) throw new SqlError(1136, "number of values does not match number of columns provided");
        var cells = new object?[schema.Columns.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            var column = schema.Columns[i];
            var given = values.Length == 0 ? -1 : columns.IndexOf(i);
            if (column.AutoIncrement && (given < 0 || values[given] is null or 0L)) cells[i] = writer.NextAutoIncrement();
            else if (given >= 0) cells[i] = SqlValue.Convert(values[given], column);
            else if (column.Default is null && !column.Nullable) throw new SqlError(1364, $"Field '{column.Name}' doesn't have a default value");
            else cells[i] = DefaultOf(column);
            if (cells[i] is null && !column.Nullable) throw new SqlError(1048, $"column name '{column.Name}' is non-nullable but attempted to set a value of null");
        }

        return cells;
    }

    private object? DefaultOf(Column column) =>
        column.Default is null ? null : SqlValue.Convert(_evaluator.Constant(Parser.ParseExpressionText(column.Default)), column);

    private int UpdateDuplicate(Insert insert, TableSchema schema, RowWriter writer, RowKey key, object?[] inserted)
    {
        var old = writer.Read(key);
        var scope = new RowScope(ColumnsOf(schema, schema.Name), old);
        var set = insert.OnDuplicate.Select(a => a with { Value = WithInsertedValues(a.Value, schema, inserted) });
        var cells = Assign(schema, [.. set], scope);
        if (cells.AsSpan().SequenceEqual(old)) return 0;
        writer.Remove(key);
        writer.Put(cells, schema.PrimaryKey.IsEmpty ? key : null);
        return 2;
    }

    /// <summary><c>VALUES(column)</c> stands for what would have been inserted.</summary>
    private static Expr WithInsertedValues(Expr expression, TableSchema schema, object?[] inserted) => expression switch
    {
        Call { Name: "values", Arguments: [ColumnRef column] } => new Literal(inserted[schema.IndexOf(column.Name)]),
        Binary binary => binary with { Left = WithInsertedValues(binary.Left, schema, inserted), Right = WithInsertedValues(binary.Right, schema, inserted) },
        Call call => call with { Arguments = [.. call.Arguments.Select(a => WithInsertedValues(a, schema, inserted))] },
        _ => expression,
    };

    private object?[] Assign(TableSchema schema, ImmutableArray<Assignment> assignments, RowScope scope)
    {
        object?[] cells = [.. scope.Cells];
        foreach (var assignment in assignments)
        {
            var index = schema.IndexOf(assignment.Column);
            if (index < 0) throw SqlErrors.NoSuchColumn(assignment.Column);
            cells[index] = SqlValue.Convert(_evaluator.Evaluate(assignment.Value, scope), schema.Columns[index]);
            if (cells[index] is null && !schema.Columns[index].Nullable)
                throw new SqlError(1048, $"column name '{assignment.Column}' is non-nullable but attempted to set a value of null");
        }

        for (var i = 0; i < cells.Length; i++)
            if (schema.Columns[i].TouchedOnUpdate && !assignments.Any(a => schema.IndexOf(a.Column) == i)) cells[i] = SqlValue.Convert(context.Now, schema.Columns[i]);
        return cells;
    }

    private List<(RowKey Key, RowScope Scope)> Matching(Table table, string alias, Expr? where, ImmutableArray<OrderItem> orderBy, Expr? limit)
    {
        var columns = ColumnsOf(table.Schema, alias);
        var rows = table.Rows.Select(row => (row.Key, Scope: new RowScope(columns, row.Value))).Where(r => _evaluator.IsTrue(where, r.Scope));
        foreach (var item in orderBy.Reverse())
        {
            var byKey = Comparer<object?>.Create(SqlValue.Compare);
            rows = item.Descending
                ? rows.OrderByDescending(r => _evaluator.Evaluate(item.Expression, r.Scope), byKey)
                : rows.OrderBy(r => _evaluator.Evaluate(item.Expression, r.Scope), byKey);
        }

        if (limit is not null) rows = rows.Take((int)SqlValue.ToLong(_evaluator.Constant(limit)));
        return [.. rows];
    }

    private static ImmutableArray<ResultColumn> ColumnsOf(TableSchema schema, string alias) =>
        [.. schema.Columns.Select(c => new ResultColumn(c.Name, ResultColumn.TypeOf(c.Type), alias))];
}
