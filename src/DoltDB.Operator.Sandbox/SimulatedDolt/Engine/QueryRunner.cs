using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Runs SELECT: nested loops over all rows, which is enough for the tables of tests and first sessions.</summary>
internal sealed class QueryRunner(StatementContext context)
{
    private readonly Evaluator _evaluator = new(context);

    public ResultSet Run(SelectQuery query, RowScope? outer = null)
    {
        if (query.Unions.IsEmpty) return Limit(query, Project(query, outer, ordered: true));
        var first = Project(query with { OrderBy = [] }, outer, ordered: false);
        var rows = new List<object?[]>(first.Rows);
        foreach (var (next, all) in query.Unions)
        {
            rows.AddRange(Run(next, outer).Rows);
            if (!all) rows = [.. rows.DistinctBy(RowText)];
        }

        var union = first with { Rows = rows };
        var ordered = Order(query.OrderBy, rows.Select(r => (new RowScope(union.Columns, r, outer), r)));
        return Limit(query, union with { Rows = ordered });
    }

    private ResultSet Limit(SelectQuery query, ResultSet result)
    {
        if (query.Limit is null) return result;
        var skip = query.Offset is null ? 0 : (int)SqlValue.ToLong(_evaluator.Constant(query.Offset));
        var take = (int)Math.Min(int.MaxValue, SqlValue.ToLong(_evaluator.Constant(query.Limit)));
        return result with { Rows = [.. result.Rows.Skip(skip).Take(take)] };
    }

    private ResultSet Project(SelectQuery query, RowScope? outer, bool ordered)
    {
        var source = ReadSources(query.From, outer);
        var scopes = source.Rows.Select(row => new RowScope(source.Columns, row, outer)).Where(scope => _evaluator.IsTrue(query.Where, scope)).ToList();
        var isGrouped = !query.GroupBy.IsEmpty || query.Items.Any(i => Aggregates.IsIn(i.Expression)) || Aggregates.IsIn(query.Having);
        if (isGrouped) scopes = [.. Group(query, source, scopes, outer)];
        var items = Expand(query.Items, source);
        var projected = scopes.Select(scope => (Scope: scope, Cells: items.Select(item => _evaluator.Evaluate(item.Expression, scope)).ToArray())).ToList();
        var columns = Describe(items, projected.Count > 0 ? projected[0].Cells : null);
        var withAliases = projected.Select(p => (Scope: new RowScope(columns, p.Cells, p.Scope), p.Cells)).ToList();
        if (query.Having is not null) withAliases = [.. withAliases.Where(p => _evaluator.IsTrue(query.Having, p.Scope))];
        if (query.Distinct) withAliases = [.. withAliases.DistinctBy(p => RowText(p.Cells))];
        return new ResultSet(columns, ordered ? Order(query.OrderBy, withAliases) : [.. withAliases.Select(p => p.Cells)]);
    }

    private IEnumerable<RowScope> Group(SelectQuery query, ResultSet source, List<RowScope> scopes, RowScope? outer)
    {
        var blank = new object?[source.Columns.Length];
        if (query.GroupBy.IsEmpty)
        {
            var first = scopes.Count > 0 ? scopes[0].Cells : blank;
            return [new RowScope(source.Columns, first, outer) { Group = [.. scopes.Select(s => s.Cells)] }];
        }

        var expressions = query.GroupBy.Select(g => ResolveAlias(g, query.Items)).ToList();
        return scopes
            .GroupBy(scope => RowText([.. expressions.Select(g => _evaluator.Evaluate(g, scope))]), StringComparer.Ordinal)
            .Select(group => new RowScope(source.Columns, group.First().Cells, outer) { Group = [.. group.Select(s => s.Cells)] });
    }

    /// <summary>GROUP BY may name an item by its alias or its number.</summary>
    private static Expr ResolveAlias(Expr expression, ImmutableArray<SelectItem> items) => expression switch
    {
        Literal { Value: long number } when number >= 1 && number <= items.Length => items[(int)number - 1].Expression ?? expression,
        ColumnRef { Table: null } column =>
            items.FirstOrDefault(i => i.Alias is not null && i.Alias.Equals(column.Name, StringComparison.OrdinalIgnoreCase))?.Expression ?? expression,
        _ => expression,
    };

    private List<object?[]> Order(ImmutableArray<OrderItem> order, IEnumerable<(RowScope Scope, object?[] Cells)> rows)
    {
        if (order.IsEmpty) return [.. rows.Select(r => r.Cells)];
        var keyed = rows.Select(r => (r.Cells, Keys: order.Select(o => OrderKey(o, r.Scope, r.Cells)).ToArray()));
        return [.. keyed.Order(Comparer<(object?[] Cells, object?[] Keys)>.Create((a, b) => CompareKeys(order, a.Keys, b.Keys))).Select(r => r.Cells)];
    }

    private object? OrderKey(OrderItem item, RowScope scope, object?[] cells) =>
        item.Expression is Literal { Value: long number } && number >= 1 && number <= cells.Length ? cells[number - 1] : _evaluator.Evaluate(item.Expression, scope);

    private static int CompareKeys(ImmutableArray<OrderItem> order, object?[] left, object?[] right)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var result = SqlValue.Compare(left[i], right[i]);
            if (result != 0) return order[i].Descending ? -result : result;
        }

        return 0;
    }

    private ResultSet ReadSources(ImmutableArray<Join> joins, RowScope? outer)
    {
        if (joins.IsEmpty) return new ResultSet([], [[]]);
        var result = Read(joins[0].Source, outer);
        foreach (var join in joins.Skip(1)) result = Combine(result, join, outer);
        return result;
    }

    private ResultSet Combine(ResultSet left, Join join, RowScope? outer)
    {
        var right = Read(join.Source, outer);
        ImmutableArray<ResultColumn> columns = [.. left.Columns, .. right.Columns];
        var rows = new List<object?[]>();
        foreach (var leftRow in left.Rows)
        {
            var matched = false;
            foreach (var rightRow in right.Rows)
            {
                object?[] row = [.. leftRow, .. rightRow];
                if (!_evaluator.IsTrue(join.On, new RowScope(columns, row, outer))) continue;
                matched = true;
                rows.Add(row);
            }

            if (!matched && join.Left) rows.Add([.. leftRow, .. new object?[right.Columns.Length]]);
        }

        return new ResultSet(columns, rows);
    }

    private ResultSet Read(TableSource source, RowScope? outer)
    {
        if (source is QuerySource inner)
        {
            var result = Run(inner.Query, outer);
            return result with { Columns = [.. result.Columns.Select(c => c with { Table = source.Alias })] };
        }

        var named = (NamedSource)source;
        var database = context.DatabaseOf(named.Table);
        AccessControl.Require(context.Account, Privilege.Select, database.Split('/')[0], named.Table.Name);
        if (SystemTables.TryRead(context, database, named.Table.Name) is { } system)
            return system with { Columns = [.. system.Columns.Select(c => c with { Table = named.Alias, Database = database })] };
        var table = named.AsOf is null ? context.OpenTable(named.Table, out _, out _) : TableAsOf(named, database);
        return new ResultSet(
            [.. table.Schema.Columns.Select(c => new ResultColumn(c.Name, ResultColumn.TypeOf(c.Type), named.Alias, database))], [.. table.Rows.Values]);
    }

    private Table TableAsOf(NamedSource named, string databaseName)
    {
        var (database, branch) = context.Open(databaseName);
        var root = Revisions.Resolve(database, branch, SqlValue.Format(_evaluator.Constant(named.AsOf!)) ?? "").Root;
        return root.Tables.GetValueOrDefault(named.Table.Name) ?? throw SqlErrors.NoSuchTable(named.Table.Name);
    }

    private sealed record Item(Expr Expression, string Name, ResultColumn? Column);

    private static List<Item> Expand(ImmutableArray<SelectItem> items, ResultSet source)
    {
        var expanded = new List<Item>();
        foreach (var item in items)
        {
            if (item.Expression is { } expression)
            {
                var column = expression is ColumnRef reference ? Find(source, reference) : null;
                expanded.Add(new Item(expression, item.Alias ?? column?.Name ?? expression.Text, column));
                continue;
            }

            var columns = source.Columns.Where(c => item.StarOf is null || c.Table.Equals(item.StarOf, StringComparison.OrdinalIgnoreCase));
            expanded.AddRange(columns.Select(c => new Item(new ColumnRef(c.Table, c.Name), c.Name, c)));
        }

        return expanded;
    }

    private static ResultColumn? Find(ResultSet source, ColumnRef reference) => source.Columns.FirstOrDefault(c =>
        c.Name.Equals(reference.Name, StringComparison.OrdinalIgnoreCase)
        && (reference.Table is null || c.Table.Equals(reference.Table, StringComparison.OrdinalIgnoreCase)));

    private static ImmutableArray<ResultColumn> Describe(List<Item> items, object?[]? sample) =>
        [.. items.Select((item, i) => item.Column is { } column
            ? column with { Name = item.Name }
            : new ResultColumn(item.Name, TypeOf(item.Expression, sample?[i])))];

    private static WireType TypeOf(Expr expression, object? sample) => expression switch
    {
        SystemVariable { Name: "read_only" } => WireType.Tiny,
        Call { Name: "count" } => WireType.LongLong,
        _ => ResultColumn.TypeOf(sample),
    };

    private static string RowText(object?[] cells) => string.Join('\0', cells.Select(c => SqlValue.Format(c) ?? "\u0001"));
}
