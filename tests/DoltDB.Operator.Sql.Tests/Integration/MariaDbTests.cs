namespace DoltDB.Operator.Sql.Tests.Integration;

/// <summary>The client against a real server that shares no code with it.</summary>
public sealed class MariaDbTests(MariaDbFixture server) : IClassFixture<MariaDbFixture>
{
    private const int SixteenMegabytes = 16 * 1024 * 1024;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_login_with_the_native_method_sees_its_own_account()
    {
        await using var connection = await ConnectAsync(server.Endpoint);
        connection.ServerVersion.ShouldContain("MariaDB");
        (await ReadAsync(connection, "SELECT CURRENT_USER()")).ShouldBe("tester@127.0.0.1");
    }

    [Fact]
    public async Task A_wrong_password_is_1045_and_never_repeated()
    {
        var exception = await Should.ThrowAsync<DoltException>(ConnectAsync(server.Endpoint with { Password = "wr0ng-secret" }));
        exception.IsAccessDenied.ShouldBeTrue();
        exception.ToString().ShouldNotContain("wr0ng-secret");
    }

    [Fact]
    public async Task A_login_may_name_its_database()
    {
        await using var connection = await ConnectAsync(server.Endpoint with { Database = "db1" });
        (await ReadAsync(connection, "SELECT DATABASE()")).ShouldBe("db1");
        (await Should.ThrowAsync<DoltException>(ConnectAsync(server.Endpoint with { Database = "nowhere" }))).Code.ShouldBe(1049);
    }

    [Fact]
    public async Task Values_come_back_as_they_went()
    {
        await using var connection = await ConnectAsync(server.Endpoint);
        const string Text = "it's \\ \"Grüße\" 🐬\0\n\r\u001A`";
        var result = await connection.QueryAsync($"SELECT NULL AS a, {SqlQuoting.Literal(Text)} AS b, '' AS c, -12 AS `d`", s_deadline, Token);
        result.Columns.ShouldBe(["a", "b", "c", "d"]);
        result.Rows[0].ShouldBe([null, Text, "", "-12"]);
    }

    [Theory]
    [InlineData(250)]
    [InlineData(65_536)]
    [InlineData(SixteenMegabytes - 6)]
    [InlineData(SixteenMegabytes - 5)]
    [InlineData(SixteenMegabytes + 100_000)]
    public async Task A_value_of_any_length_arrives_whole(int length)
    {
        await using var connection = await ConnectAsync(server.Endpoint);
        var value = await ReadAsync(connection, $"SELECT REPEAT('x', {length})");
        value.Length.ShouldBe(length);
        value.AsSpan().ContainsAnyExcept('x').ShouldBeFalse();
        (await ReadAsync(connection, "SELECT 'next'")).ShouldBe("next");
    }

    [Theory]
    [InlineData(SixteenMegabytes - 20)]
    [InlineData(SixteenMegabytes - 18)]
    [InlineData(SixteenMegabytes + 100_000)]
    public async Task A_statement_of_more_than_one_packet_arrives_whole(int length)
    {
        await using var connection = await ConnectAsync(server.Endpoint);
        // With the command byte, a length of 2^24 - 18 fills the first packet exactly, so that an empty one must follow.
        (await ReadAsync(connection, $"SELECT LENGTH('{new string('x', length)}')")).ShouldBe(length.ToString());
    }

    [Fact]
    public async Task Many_rows_arrive_in_order()
    {
        await using var connection = await ConnectAsync(server.Endpoint with { Database = "db1" });
        (await connection.QueryAsync("SELECT seq FROM seq_1_to_9 LIMIT 0", s_deadline, Token)).Rows.ShouldBeEmpty();
        var result = await connection.QueryAsync("SELECT seq FROM seq_1_to_20000", s_deadline, Token);
        result.Rows.Select(row => int.Parse(row[0]!)).ShouldBe(Enumerable.Range(1, 20_000));
    }

    [Fact]
    public async Task Errors_keep_their_codes_and_the_connection_lives_on()
    {
        await using var connection = await ConnectAsync(server.Endpoint);
        (await ErrorAsync(connection, "CREATE DATABASE db1")).Code.ShouldBe(1007);
        (await ErrorAsync(connection, "SELECT * FROM db1.nothing")).Code.ShouldBe(1146);
        (await ErrorAsync(connection, "USE nowhere")).Code.ShouldBe(1049);
        var parse = await ErrorAsync(connection, "CREATE USER 'x'@'%' IDENTIFIED BI 'l3aked-secret'");
        parse.Code.ShouldBe(1064);
        parse.ToString().ShouldNotContain("l3aked");
        connection.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task A_slow_statement_meets_its_deadline()
    {
        await using var connection = await ConnectAsync(server.Endpoint);
        await Should.ThrowAsync<TimeoutException>(connection.QueryAsync("SELECT SLEEP(20)", TimeSpan.FromMilliseconds(200), Token));
        connection.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task A_killed_session_is_seen_before_its_next_use()
    {
        await using var victim = await ConnectAsync(server.Endpoint);
        await using var other = await ConnectAsync(server.Endpoint);
        await other.ExecuteAsync($"KILL {await ReadAsync(victim, "SELECT CONNECTION_ID()")}", s_deadline, Token);
        await Fakes.Eventually.TrueAsync(() => !victim.IsUsable);
    }

    [Fact]
    public async Task Accounts_hash_by_what_they_may_do()
    {
        await using var connection = await ConnectAsync(server.Endpoint);
        var before = await connection.HashAccountsAsync(s_deadline, Token);
        (await connection.HashAccountsAsync(s_deadline, Token)).ShouldBe(before);
        await connection.ExecuteAsync("CREATE USER 'app'@'%' IDENTIFIED BY 'one'", s_deadline, Token);
        var created = await connection.HashAccountsAsync(s_deadline, Token);
        await connection.ExecuteAsync("GRANT SELECT ON db1.* TO 'app'@'%'", s_deadline, Token);
        var granted = await connection.HashAccountsAsync(s_deadline, Token);
        await connection.ExecuteAsync("ALTER USER 'app'@'%' IDENTIFIED BY 'two'", s_deadline, Token);
        var changed = await connection.HashAccountsAsync(s_deadline, Token);
        new[] { before, created, granted, changed }.Distinct().Count().ShouldBe(4);
        await connection.ExecuteAsync("DROP USER 'app'@'%'", s_deadline, Token);
        (await connection.HashAccountsAsync(s_deadline, Token)).ShouldBe(before);
    }

    [Fact]
    public async Task A_connection_may_be_encrypted_without_verification()
    {
        await using var connection = await ConnectAsync(server.Endpoint with { UseTls = true });
        (await IsEncryptedAsync(connection)).ShouldBeTrue();
        connection.IsUsable.ShouldBeTrue();
        await using var plain = await ConnectAsync(server.Endpoint);
        (await IsEncryptedAsync(plain)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_is_verified_by_authority_and_name()
    {
        var verified = server.Endpoint with { UseTls = true, CertificateAuthorityPem = server.CertificateAuthorityPem, TlsServerName = "dolt.example" };
        await using (var connection = await ConnectAsync(verified))
            (await IsEncryptedAsync(connection)).ShouldBeTrue();
        (await Should.ThrowAsync<DoltException>(ConnectAsync(verified with { TlsServerName = "other.example" }))).Code.ShouldBe(2026);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<DoltServer> ConnectAsync(DoltEndpoint endpoint) =>
        new DoltConnector(TimeProvider.System).ConnectAsync(endpoint, s_deadline, Token);

    private static async Task<string> ReadAsync(DoltServer connection, string statement) =>
        (await connection.QueryAsync(statement, s_deadline, Token)).Rows[0][0] ?? throw new InvalidOperationException("NULL");

    private static async Task<bool> IsEncryptedAsync(DoltServer connection) =>
        (await connection.QueryAsync("SHOW STATUS LIKE 'Ssl_cipher'", s_deadline, Token)).Rows[0][1] is { Length: > 0 };

    private static Task<DoltException> ErrorAsync(DoltServer connection, string statement) =>
        Should.ThrowAsync<DoltException>(connection.QueryAsync(statement, s_deadline, Token));
}
