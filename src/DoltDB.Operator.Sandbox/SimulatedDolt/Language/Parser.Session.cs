using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

/// <summary>SHOW and SET.</summary>
internal sealed partial class Parser
{
    private Show ParseShow()
    {
        var full = Accept("full");
        if (!Accept("global")) Accept("session");
        if (Accept("storage")) full = false;
        var word = ExpectWord().ToLowerInvariant();
        Show show = word switch
        {
            "databases" or "schemas" => new Show(ShowKind.Databases),
            "tables" => new Show(ShowKind.Tables) { Database = ParseFromDatabase(), Full = full },
            "columns" or "fields" => new Show(ShowKind.Columns) { Table = ParseFromTable(), Full = full },
            "index" or "indexes" or "keys" => new Show(ShowKind.Index) { Table = ParseFromTable() },
            "create" => ParseShowCreate(),
            "variables" => new Show(ShowKind.Variables),
            "status" => new Show(ShowKind.Status),
            "warnings" => SkipRest(new Show(ShowKind.Warnings)),
            "errors" => SkipRest(new Show(ShowKind.Errors)),
            "grants" => new Show(ShowKind.Grants) { User = Accept("for") ? ParseAccount() : CurrentUser },
            "processlist" => new Show(ShowKind.ProcessList),
            "engines" => new Show(ShowKind.Engines),
            "collation" => new Show(ShowKind.Collation),
            "charset" => new Show(ShowKind.CharacterSet),
            "character" when Accept("set") => new Show(ShowKind.CharacterSet),
            "table" when Accept("status") => new Show(ShowKind.TableStatus) { Database = ParseFromDatabase() },
            "procedure" or "function" or "triggers" or "events" or "plugins" or "privileges" => SkipRest(new Show(ShowKind.Empty)),
            _ => throw Unexpected(_tokens[_at - 1]),
        };
        if (Accept("like")) return show with { Pattern = ExpectText() };
        return Accept("where") ? show with { Where = ParseExpression() } : show;
    }

    private Show ParseShowCreate()
    {
        if (Accept("database") || Accept("schema"))
        {
            AcceptIfNotExists();
            return new Show(ShowKind.CreateDatabase) { Database = ParseName() };
        }

        Expect("table");
        return new Show(ShowKind.CreateTable) { Table = ParseTableName() };
    }

    private string? ParseFromDatabase() => Accept("from") || Accept("in") ? ParseName() : null;

    private TableName ParseFromTable()
    {
        if (!Accept("from")) Expect("in");
        var table = ParseTableName();
        return ParseFromDatabase() is { } database ? table with { Database = database } : table;
    }

    private Statement ParseSet()
    {
        if (Current.IsWord("names") || Accept("character", "set") || Current.IsWord("charset")) return SkipRest(new Ignored());
        if (Current.IsWord("password")) throw Unexpected();
        if (Current.IsWord("transaction") || ((Current.IsWord("session") || Current.IsWord("global")) && _tokens[_at + 1].IsWord("transaction")))
            return SkipRest(new Ignored());
        var assignments = ImmutableArray.CreateBuilder<VariableAssignment>();
        do assignments.Add(ParseVariableAssignment());
        while (AcceptSymbol(","));
        return new SetVariables(assignments.ToImmutable());
    }

    private VariableAssignment ParseVariableAssignment()
    {
        var scope = "session";
        string name;
        if (AcceptSymbol("@@"))
        {
            var variable = ParseSystemVariable();
            (scope, name) = (variable.Scope ?? "session", variable.Name);
        }
        else if (AcceptSymbol("@"))
        {
            (scope, name) = ("@", ParseNameOrText());
        }
        else
        {
            if (Accept("global")) scope = "global";
            else if (Accept("persist")) scope = "persist";
            else if (!Accept("session")) Accept("local");
            name = ParseName();
        }

        if (!AcceptSymbol("=")) ExpectSymbol(":=");
        return new VariableAssignment(scope, name.ToLowerInvariant(), ParseVariableValue());
    }

    private Expr? ParseVariableValue()
    {
        if (Accept("default")) return null;
        if (Accept("on")) return new Literal(1L);
        if (Accept("off")) return new Literal(0L);
        var start = _at;
        var value = ParseExpression();
        // A bare word such as UTF8MB4 or ANSI is a text here, not a column.
        return value is ColumnRef { Table: null } word ? new Literal(word.Name) { Text = TextSince(start) } : value;
    }
}
