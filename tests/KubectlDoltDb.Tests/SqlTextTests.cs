using DoltDB.Kubectl.Sql;
using DoltDB.Operator.Sql;

namespace DoltDB.Kubectl.Tests;

public sealed class SqlTextTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2;", "SELECT 1|SELECT 2")]
    [InlineData("SELECT 1", "SELECT 1")]
    [InlineData(";;", "")]
    [InlineData("SELECT 'a;b'; SELECT \"c;d\"; SELECT `e;f`", "SELECT 'a;b'|SELECT \"c;d\"|SELECT `e;f`")]
    [InlineData("SELECT 'it''s; one'; SELECT 'it\\'s; one'", "SELECT 'it''s; one'|SELECT 'it\\'s; one'")]
    [InlineData("SELECT `a\\`; SELECT 2", "SELECT `a\\`|SELECT 2")]
    [InlineData("SELECT 1 -- no; end\n; SELECT 2 # no; end", "SELECT 1|SELECT 2")]
    [InlineData("SELECT 1--1; SELECT 2", "SELECT 1--1|SELECT 2")]
    [InlineData("SELECT /* a; 'b\n c; */ 1; SELECT 2", "SELECT /* a; 'b\n c; */ 1|SELECT 2")]
    [InlineData("SELECT\n  1\n;", "SELECT\n  1")]
    public void Statements_end_at_semicolons_outside_of_strings_names_and_comments(string text, string expected)
    {
        var splitter = new StatementSplitter();
        List<string> statements = [.. text.Split('\n').SelectMany(splitter.Add)];
        if (splitter.Finish() is { } last)
            statements.Add(last);

        string.Join('|', statements).ShouldBe(expected);
    }

    [Fact]
    public void A_statement_goes_on_while_a_string_is_open()
    {
        var splitter = new StatementSplitter();

        splitter.Add("SELECT 'a;").ShouldBeEmpty();
        splitter.HasPending.ShouldBeTrue();
        splitter.Add("b';").ShouldBe(["SELECT 'a;\nb'"]);
        splitter.HasPending.ShouldBeFalse();
    }

    [Fact]
    public void Columns_of_a_table_are_as_wide_as_their_widest_value()
    {
        ResultText.Table(Result(["n", "text"], ["1", "a\nb"], [null, ""])).ShouldBe("""
            +------+------+
            | n    | text |
            +------+------+
            | 1    | a\nb |
            | NULL |      |
            +------+------+
            2 rows in set

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Values_of_a_batch_cannot_be_taken_for_separators()
    {
        ResultText.Batch(Result(["a", "b"], ["x\ty", "c:\\d\ne"])).ShouldBe("a\tb\nx\\ty\tc:\\\\d\\ne\n");
    }

    [Fact]
    public void A_change_tells_how_many_rows_it_changed()
    {
        ResultText.Table(new SqlResult { Columns = [], Rows = [], AffectedRows = 1, Warnings = 0 }).ShouldBe("Query OK, 1 row affected\n");
        ResultText.Batch(new SqlResult { Columns = [], Rows = [], AffectedRows = 1, Warnings = 0 }).ShouldBe("");
    }

    private static SqlResult Result(string[] columns, params string?[][] rows) => new() { Columns = columns, Rows = rows, AffectedRows = 0, Warnings = 0 };
}
