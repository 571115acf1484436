using System.Collections.Immutable;
using System.Globalization;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

/// <summary>CREATE, DROP, ALTER of databases and tables.</summary>
internal sealed partial class Parser
{
    private Statement ParseCreate()
    {
        if (Accept("database") || Accept("schema")) return ParseCreateDatabase();
        if (Accept("user")) return ParseCreateUser();
        Accept("temporary");
        if (Accept("table")) return ParseCreateTable();
        var unique = Accept("unique");
        if (!Accept("index")) throw Unexpected();
        ParseName();
        Expect("on");
        var table = ParseTableName();
        ExpectSymbol("(");
        return new AlterTable(table, [new AddIndex(ParseNameList(), unique)]);
    }

    private Statement ParseDrop()
    {
        if (Accept("database") || Accept("schema"))
        {
            var ifExists = AcceptIfExists();
            return new DropDatabase(ParseName(), ifExists);
        }

        if (Accept("user"))
        {
            var ifExists = AcceptIfExists();
            return new DropUser(ParseAccounts(), ifExists);
        }

        if (Accept("table"))
        {
            var ifExists = AcceptIfExists();
            var tables = ImmutableArray.CreateBuilder<TableName>();
            do tables.Add(ParseTableName());
            while (AcceptSymbol(","));
            return new DropTable(tables.ToImmutable(), ifExists);
        }

        Expect("index");
        return SkipRest(new Ignored());
    }

    private CreateDatabase ParseCreateDatabase()
    {
        var ifNotExists = AcceptIfNotExists();
        var name = ParseName();
        string? charset = null, collation = null;
        while (Current.Kind == TokenKind.Word)
        {
            Accept("default");
            if (Accept("character", "set") || Accept("charset"))
            {
                AcceptSymbol("=");
                charset = ParseNameOrText();
            }
            else
            {
                Expect("collate");
                AcceptSymbol("=");
                collation = ParseNameOrText();
            }
        }

        return new CreateDatabase(name, ifNotExists, charset, collation);
    }

    private CreateTable ParseCreateTable()
    {
        var ifNotExists = AcceptIfNotExists();
        var table = ParseTableName();
        if (Accept("like")) return new CreateTable(table, ifNotExists, null, null, ParseTableName());
        if (Accept("as") || Current.IsWord("select")) return new CreateTable(table, ifNotExists, null, ParseQuery(), null);
        ExpectSymbol("(");
        var schema = new SchemaBuilder(table.Name);
        do ParseTableElement(schema);
        while (AcceptSymbol(","));
        ExpectSymbol(")");
        SkipTo(); // Engine, character set and comment options say nothing here.
        return new CreateTable(table, ifNotExists, schema.Build(), null, null);
    }

    private void ParseTableElement(SchemaBuilder schema)
    {
        if (Accept("constraint") && !Current.IsWord("primary") && !Current.IsWord("unique")) ParseName();
        if (Accept("primary", "key"))
        {
            ExpectSymbol("(");
            schema.PrimaryKey(ParseNameList());
        }
        else if (Accept("unique"))
        {
            if (!Accept("key")) Accept("index");
            if (!Current.IsSymbol("(")) ParseName();
            ExpectSymbol("(");
            schema.Unique(ParseNameList());
        }
        else if ((Current.IsWord("key") || Current.IsWord("index")) && !IsTypeName(_tokens[_at + 1]))
        {
            _at++;
            if (!Current.IsSymbol("(")) ParseName();
            ExpectSymbol("(");
            ParseNameList();
        }
        else if (Current.IsWord("foreign") || Current.IsWord("check"))
        {
            throw SqlErrors.General("foreign keys and checks are not simulated");
        }
        else
        {
            schema.Add(ParseColumnDefinition(schema));
        }
    }

    private static bool IsTypeName(Token token) => token.Kind == TokenKind.Word && ColumnTypes.KindOf(token.Value) is not null;

    private Column ParseColumnDefinition(SchemaBuilder? schema)
    {
        var column = new Column { Name = ParseName(), Type = ParseColumnType() };
        while (Current.Kind == TokenKind.Word && ParseColumnOption(ref column, schema))
        {
        }

        return column;
    }

    private bool ParseColumnOption(ref Column column, SchemaBuilder? schema)
    {
        if (Accept("not", "null")) column = column with { Nullable = false };
        else if (Accept("null")) column = column with { Nullable = true };
        else if (Accept("auto_increment")) column = column with { AutoIncrement = true };
        else if (Accept("default")) column = column with { Default = ParseDefault() };
        else if (Accept("on", "update")) { ParsePrimary(); column = column with { TouchedOnUpdate = true }; }
        else if (Accept("comment")) column = column with { Comment = ExpectText() };
        else if (Accept("character", "set") || Accept("collate")) ParseNameOrText();
        else if (Accept("primary", "key") && schema is not null) schema.PrimaryKey([column.Name]);
        else if (Accept("unique") && schema is not null) { Accept("key"); schema.Unique([column.Name]); }
        else return false;
        return true;
    }

    private string ParseDefault()
    {
        var start = _at;
        ParseSigned();
        return TextSince(start);
    }

    private ColumnType ParseColumnType()
    {
        var name = ExpectWord();
        var kind = ColumnTypes.KindOf(name) ?? throw Unexpected(_tokens[_at - 1]);
        int length = 0, scale = 0;
        if (AcceptSymbol("("))
        {
            length = ParseInteger();
            if (AcceptSymbol(",")) scale = ParseInteger();
            ExpectSymbol(")");
        }

        Accept("precision");
        var unsigned = Accept("unsigned");
        if (kind == ColumnKind.TinyInt && length == 1) kind = ColumnKind.Boolean;
        return new ColumnType(kind, length, scale, unsigned);
    }

    private int ParseInteger() => Current.Kind == TokenKind.Number && int.TryParse(Current.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && _at++ >= 0
        ? value
        : throw Unexpected();

    private Statement ParseAlter()
    {
        if (Accept("user")) return ParseAlterUser();
        if (Accept("database") || Accept("schema")) return SkipRest(new Ignored());
        Expect("table");
        var table = ParseTableName();
        var actions = ImmutableArray.CreateBuilder<AlterAction>();
        do actions.Add(ParseAlterAction());
        while (AcceptSymbol(","));
        return new AlterTable(table, actions.ToImmutable());
    }

    private AlterAction ParseAlterAction()
    {
        if (Accept("add")) return ParseAdd();
        if (Accept("drop"))
        {
            Accept("column");
            return new DropColumn(ParseName());
        }

        if (Accept("modify"))
        {
            Accept("column");
            var column = ParseColumnDefinition(null);
            return new ChangeColumn(column.Name, column);
        }

        if (Accept("change"))
        {
            Accept("column");
            return new ChangeColumn(ParseName(), ParseColumnDefinition(null));
        }

        Expect("rename");
        if (!Accept("to")) Accept("as");
        return new RenameTable(ParseName());
    }

    private AlterAction ParseAdd()
    {
        var unique = Accept("unique");
        if (Accept("index") || Accept("key") || unique)
        {
            if (!Current.IsSymbol("(")) ParseName();
            ExpectSymbol("(");
            return new AddIndex(ParseNameList(), unique);
        }

        Accept("column");
        var column = ParseColumnDefinition(null);
        if (Accept("first")) return new AddColumn(column, null, First: true);
        return new AddColumn(column, Accept("after") ? ParseName() : null, First: false);
    }
}
