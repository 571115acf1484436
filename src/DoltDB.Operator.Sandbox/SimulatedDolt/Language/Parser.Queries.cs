using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

/// <summary>SELECT, INSERT, REPLACE, UPDATE, DELETE, TRUNCATE.</summary>
internal sealed partial class Parser
{
    private SelectQuery ParseQuery()
    {
        var first = ParseQueryTerm();
        var unions = ImmutableArray.CreateBuilder<(SelectQuery, bool)>();
        while (Accept("union"))
        {
            var all = Accept("all");
            if (!all) Accept("distinct");
            unions.Add((ParseQueryTerm(), all));
        }

        if (unions.Count == 0) return first;
        var (order, limit, offset) = ParseTail();
        return first with { Unions = unions.ToImmutable(), OrderBy = order, Limit = limit, Offset = offset };
    }

    private SelectQuery ParseQueryTerm()
    {
        if (AcceptSymbol("("))
        {
            var inner = ParseQuery();
            ExpectSymbol(")");
            return inner;
        }

        Expect("select");
        var distinct = Accept("distinct");
        if (!distinct) Accept("all");
        var query = new SelectQuery { Items = ParseSelectItems(), Distinct = distinct };
        if (Accept("from")) query = query with { From = ParseFrom() };
        if (Accept("where")) query = query with { Where = ParseExpression() };
        if (Accept("group", "by")) query = query with { GroupBy = ParseExpressions() };
        if (Accept("having")) query = query with { Having = ParseExpression() };
        if (Current.IsWord("union")) return query;
        var (order, limit, offset) = ParseTail();
        return query with { OrderBy = order, Limit = limit, Offset = offset };
    }

    private (ImmutableArray<OrderItem> Order, Expr? Limit, Expr? Offset) ParseTail()
    {
        var order = ParseOrderBy();
        Expr? limit = null, offset = null;
        if (Accept("limit"))
        {
            limit = ParseExpression();
            if (AcceptSymbol(",")) (offset, limit) = (limit, ParseExpression());
            else if (Accept("offset")) offset = ParseExpression();
        }

        if (Accept("for", "update") || Accept("for", "share")) Accept("nowait");
        if (Accept("lock", "in")) Expect("share", "mode");
        return (order, limit, offset);
    }

    private ImmutableArray<OrderItem> ParseOrderBy()
    {
        if (!Accept("order", "by")) return [];
        var items = ImmutableArray.CreateBuilder<OrderItem>();
        do
        {
            var expression = ParseExpression();
            var descending = Accept("desc");
            if (!descending) Accept("asc");
            items.Add(new OrderItem(expression, descending));
        }
        while (AcceptSymbol(","));
        return items.ToImmutable();
    }

    private ImmutableArray<SelectItem> ParseSelectItems()
    {
        var items = ImmutableArray.CreateBuilder<SelectItem>();
        do items.Add(ParseSelectItem());
        while (AcceptSymbol(","));
        return items.ToImmutable();
    }

    private SelectItem ParseSelectItem()
    {
        if (AcceptSymbol("*")) return new SelectItem(null, null, null);
        if (_tokens[_at + 1].IsSymbol(".") && _tokens[_at + 2].IsSymbol("*"))
        {
            var table = ParseName();
            _at += 2;
            return new SelectItem(null, null, table);
        }

        var expression = ParseExpression();
        if (Accept("as")) return new SelectItem(expression, ParseNameOrText(), null);
        var hasAlias = Current.Kind is TokenKind.QuotedName or TokenKind.Text || (Current.Kind == TokenKind.Word && !EndsItem(Current));
        return new SelectItem(expression, hasAlias ? ParseNameOrText() : null, null);
    }

    private static bool EndsItem(Token word) => IsReserved(word) || word.IsWord("for") || word.IsWord("lock") || word.IsWord("right")
        || word.IsWord("cross") || word.IsWord("natural") || word.IsWord("using") || word.IsWord("offset");

    private ImmutableArray<Join> ParseFrom()
    {
        var joins = ImmutableArray.CreateBuilder<Join>();
        joins.Add(new Join(ParseSource(), null, Left: false));
        while (true)
        {
            if (AcceptSymbol(",") || Accept("cross", "join")) joins.Add(new Join(ParseSource(), null, Left: false));
            else if (Accept("join") || Accept("inner", "join")) joins.Add(ParseJoin(left: false));
            else if (Accept("left", "join")) joins.Add(ParseJoin(left: true));
            else if (Accept("left", "outer")) { Expect("join"); joins.Add(ParseJoin(left: true)); }
            else return joins.ToImmutable();
        }
    }

    private Join ParseJoin(bool left)
    {
        var source = ParseSource();
        return new Join(source, Accept("on") ? ParseExpression() : null, left);
    }

    private TableSource ParseSource()
    {
        if (AcceptSymbol("("))
        {
            var query = ParseQuery();
            ExpectSymbol(")");
            Accept("as");
            return new QuerySource(query, ParseName());
        }

        var table = ParseTableName();
        var asOf = Current.IsWord("as") && _tokens[_at + 1].IsWord("of");
        Expr? revision = null;
        if (asOf)
        {
            _at += 2;
            revision = ParseSum();
        }

        var alias = Accept("as") || (Current.Kind is TokenKind.Word or TokenKind.QuotedName && !EndsItem(Current)) ? ParseName() : table.Name;
        return new NamedSource(table, alias, revision);
    }

    private Insert ParseInsert(bool replace)
    {
        var ignore = Accept("ignore");
        Accept("into");
        var insert = new Insert { Table = ParseTableName(), Replace = replace, Ignore = ignore };
        if (Accept("set"))
        {
            var set = ParseAssignments();
            insert = insert with { Columns = [.. set.Select(a => a.Column)], Rows = [[.. set.Select(a => a.Value)]] };
        }
        else
        {
            if (AcceptSymbol("(")) insert = insert with { Columns = ParseNameList() };
            insert = Accept("values") || Accept("value") ? insert with { Rows = ParseRows() } : insert with { Query = ParseQuery() };
        }

        if (!Accept("on", "duplicate")) return insert;
        Expect("key", "update");
        return insert with { OnDuplicate = ParseAssignments() };
    }

    /// <summary>Names up to the closing parenthesis; the opening one is read.</summary>
    private ImmutableArray<string> ParseNameList()
    {
        var names = ImmutableArray.CreateBuilder<string>();
        if (AcceptSymbol(")")) return [];
        do
        {
            names.Add(ParseName());
            if (AcceptSymbol("(")) { _at++; ExpectSymbol(")"); } // An index prefix length.
            if (!Accept("asc")) Accept("desc");
        }
        while (AcceptSymbol(","));
        ExpectSymbol(")");
        return names.ToImmutable();
    }

    private ImmutableArray<ImmutableArray<Expr?>> ParseRows()
    {
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<Expr?>>();
        do
        {
            ExpectSymbol("(");
            var values = ImmutableArray.CreateBuilder<Expr?>();
            if (!Current.IsSymbol(")"))
            {
                do values.Add(Current.IsWord("default") && Accept("default") ? null : ParseExpression());
                while (AcceptSymbol(","));
            }

            ExpectSymbol(")");
            rows.Add(values.ToImmutable());
        }
        while (AcceptSymbol(","));
        return rows.ToImmutable();
    }

    private ImmutableArray<Assignment> ParseAssignments()
    {
        var set = ImmutableArray.CreateBuilder<Assignment>();
        do
        {
            var column = ParseColumn().Name;
            ExpectSymbol("=");
            set.Add(new Assignment(column, ParseExpression()));
        }
        while (AcceptSymbol(","));
        return set.ToImmutable();
    }

    private Update ParseUpdate()
    {
        var table = ParseTableName();
        var alias = table.Name;
        if (!Current.IsWord("set"))
        {
            Accept("as");
            alias = ParseName();
        }

        Expect("set");
        var set = ParseAssignments();
        var where = Accept("where") ? ParseExpression() : null;
        var (order, limit, _) = ParseTail();
        return new Update(table, alias, set, where, order, limit);
    }

    private Delete ParseDelete()
    {
        Expect("from");
        var table = ParseTableName();
        var where = Accept("where") ? ParseExpression() : null;
        var (order, limit, _) = ParseTail();
        return new Delete(table, where, order, limit);
    }

    private Truncate ParseTruncate()
    {
        Accept("table");
        return new Truncate(ParseTableName());
    }
}
