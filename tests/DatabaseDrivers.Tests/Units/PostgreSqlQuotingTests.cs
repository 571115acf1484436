using DoltDB.Operator.Sql.Drivers.PostgreSql;

namespace DatabaseDrivers.Tests.Units;

public sealed class PostgreSqlQuotingTests
{
    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "'it''s'")]
    [InlineData(@"back\slash", @"E'back\\slash'")]
    [InlineData(@"\'", @"E'\\'''")]
    [InlineData("", "''")]
    public void A_literal_means_the_same_whatever_the_server_does_with_backslashes(string text, string literal) => PostgreSqlQuoting.Literal(text).ShouldBe(literal);

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    public void An_identifier_stands_in_double_quotes(string name, string identifier) => PostgreSqlQuoting.Identifier(name).ShouldBe(identifier);

    [Fact]
    public void NUL_is_refused()
    {
        Should.Throw<ArgumentException>(() => PostgreSqlQuoting.Literal("a\0b"));
        Should.Throw<ArgumentException>(() => PostgreSqlQuoting.Identifier("a\0b"));
    }
}
