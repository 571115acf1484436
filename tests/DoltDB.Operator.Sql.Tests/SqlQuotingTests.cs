using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace DoltDB.Operator.Sql.Tests;

public sealed class SqlQuotingTests
{
    [Fact]
    public void A_literal_reads_back_as_the_text_whatever_it_holds() =>
        Prop.ForAll(Texts, text => ParseLiteral(SqlQuoting.Literal(text), backslashEscapes: true) == text).QuickCheckThrowOnFailure();

    [Fact]
    public void A_literal_never_ends_early_even_without_backslash_escapes() =>
        Prop.ForAll(Texts, text => ParseLiteral(SqlQuoting.Literal(text), backslashEscapes: false) is not null).QuickCheckThrowOnFailure();

    [Fact]
    public void An_identifier_reads_back_as_the_name() =>
        Prop.ForAll(
            Texts.Filter(text => text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal)),
            name => ParseIdentifier(SqlQuoting.Identifier(name)) == name).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void An_impossible_identifier_is_refused(string name) => Should.Throw<ArgumentException>(() => SqlQuoting.Identifier(name));

    [Theory]
    [InlineData("it's", "'it''s'")]
    [InlineData(@"a\", @"'a\\'")]
    [InlineData("a\0\n\r\u001A", @"'a\0\n\r\Z'")]
    [InlineData("' OR 1=1 -- ", "''' OR 1=1 -- '")]
    public void Literals_look_like_this(string text, string literal) => SqlQuoting.Literal(text).ShouldBe(literal);

    // Texts made mostly of the characters that matter.
    private static Arbitrary<string> Texts => Gen.OneOf(
            Gen.Elements('\'', '"', '\\', '`', '\0', '\n', '\r', '\u001A', 'n', 'Z', '0', '%', '_', ' ', 'ü', '-'),
            Gen.Choose(1, 0xD7FF).Select(code => (char)code))
        .ArrayOf().Select(characters => new string(characters)).ToArbitrary();

    // The lexical rules of the MySQL reference manual, "String Literals"; null when the literal is not exactly the whole text.
    private static string? ParseLiteral(string sql, bool backslashEscapes)
    {
        if (sql.Length < 2 || sql[0] != '\'')
            return null;
        var value = new StringBuilder();
        for (var index = 1; index < sql.Length; index++)
        {
            if (backslashEscapes && sql[index] == '\\')
            {
                if (++index == sql.Length)
                    return null;
                value.Append(sql[index] switch { '0' => '\0', 'b' => '\b', 'n' => '\n', 'r' => '\r', 't' => '\t', 'Z' => '\u001A', var other => other });
            }
            else if (sql[index] == '\'')
            {
                if (index + 1 == sql.Length)
                    return value.ToString();
                if (sql[++index] != '\'')
                    return null;
                value.Append('\'');
            }
            else
            {
                value.Append(sql[index]);
            }
        }

        return null;
    }

    private static string? ParseIdentifier(string sql)
    {
        if (sql.Length < 3 || sql[0] != '`' || sql[^1] != '`')
            return null;
        var value = new StringBuilder();
        for (var index = 1; index < sql.Length - 1; index++)
        {
            if (sql[index] == '`' && (++index == sql.Length - 1 || sql[index] != '`'))
                return null;
            value.Append(sql[index]);
        }

        return value.ToString();
    }
}
