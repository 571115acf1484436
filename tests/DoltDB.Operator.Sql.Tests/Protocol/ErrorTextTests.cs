using DoltDB.Operator.Sql.Protocol;

namespace DoltDB.Operator.Sql.Tests.Protocol;

public sealed class ErrorTextTests
{
    private const string CreateUser = "CREATE USER 'a1'@'%' IDENTIFIED BY 's3cr3t'";

    [Theory]
    [InlineData(1064, "You have an error in your SQL syntax; ... near 's3cr3t' at line 1")]
    [InlineData(1105, "syntax error at position 48 near 's3cr3t'")]
    [InlineData(1105, "syntax error at position 48 near 's3c")]
    public void A_parse_error_keeps_nothing_of_the_statement(int code, string message) =>
        ErrorText.Scrub(code, message, CreateUser).ShouldBe(ErrorText.SyntaxError);

    [Theory]
    [InlineData(CreateUser, "Operation CREATE USER failed for 'a1'@'%'")]
    [InlineData("CALL DOLT_ASSUME_CLUSTER_ROLE('standby', 0)", "error assuming role 'standby' at epoch 0; already at epoch 1")]
    [InlineData("CALL DOLT_BACKUP('restore', 'file:///b', 'x')", "database 'x' already exists, use '--force' to overwrite")]
    [InlineData("", "Access denied for user 'u'@'%' to database 'db1'")]
    public void A_message_without_secrets_stays_as_it_is(string statement, string message) =>
        ErrorText.Scrub(1105, message, statement).ShouldBe(message);

    [Theory]
    [InlineData(CreateUser, "cannot use 's3cr3t' for 'a1'", "cannot use '***' for 'a1'")]
    [InlineData(CreateUser, "cannot use 's3cr3t-part' for 'a1'", "cannot use '***' for 'a1'")]
    [InlineData(CreateUser, "cannot use s3cr3t for a1", ErrorText.Withheld)]
    [InlineData("ALTER USER a IDENTIFIED BY 'it''s'", "cannot use it's", ErrorText.Withheld)]
    [InlineData("ALTER USER a IDENTIFIED BY \"q\\\"q\"", "cannot use q\"q", ErrorText.Withheld)]
    [InlineData("ALTER USER 'identified'@'%' IDENTIFIED BY 'pw1234'", "cannot use pw1234", ErrorText.Withheld)]
    [InlineData("SET PASSWORD = 'pw1234'", "unsupported: pw1234", ErrorText.Withheld)]
    public void A_secret_never_passes(string statement, string message, string expected) =>
        ErrorText.Scrub(1105, message, statement).ShouldBe(expected);

    [Fact]
    public void Credentials_in_a_URL_never_pass() =>
        ErrorText.Scrub(1105, "cannot reach https://me:hush@host/x", "CALL DOLT_BACKUP('sync-url', 'https://me:hush@host/x')")
            .ShouldBe("cannot reach https://***@host/x");

    [Fact]
    public void A_huge_statement_is_not_searched_but_withheld() =>
        ErrorText.Scrub(1105, "whatever", new string('x', 100_000)).ShouldBe(ErrorText.Withheld);
}
