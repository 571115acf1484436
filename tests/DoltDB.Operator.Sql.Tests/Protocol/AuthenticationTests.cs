using System.Security.Cryptography;
using System.Text;
using DoltDB.Operator.Sql.Protocol;
using DoltDB.Operator.Sql.Tests.Fakes;

namespace DoltDB.Operator.Sql.Tests.Protocol;

public sealed class AuthenticationTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    // Computed with Python's hashlib from the definition of each method.
    [Theory]
    [InlineData("mysql_native_password", "secret", "b32bb3a583e1340c0a1108d58b1be49781ad8c2f")]
    [InlineData("mysql_native_password", "pässwörd €", "e5dcb13ec93f3156f293ca4b4ad7245c5260dc3e")]
    [InlineData("caching_sha2_password", "secret", "746ebe205d56a0707acb3e796e834e0dd7b1d61743b26bd5202c7a623230c7c9")]
    [InlineData("caching_sha2_password", "pässwörd €", "1032b4cde18391fa9bd4c37f587e8d123f8b73850719c7b01fcfc94377eaa4b4")]
    [InlineData("mysql_native_password", "", "")]
    [InlineData("caching_sha2_password", "", "")]
    public void The_answer_to_a_challenge_is_the_one_of_the_specification(string plugin, string password, string expected) =>
        Convert.ToHexStringLower(AuthenticationPlugins.Respond(plugin, password, Packets.Challenge)).ShouldBe(expected);

    [Fact]
    public async Task The_login_carries_user_answer_database_and_method()
    {
        byte[] login = [];
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake());
            login = await session.ReadAsync();
            await session.SendAsync(Packets.Ok());
            await session.AcceptAutocommitAsync();
            await session.FallSilentAsync();
        });

        await using (await ConnectAsync(server.Endpoint with { Password = "secret", Database = "db1" }))
        {
            var capabilities = BitConverter.ToUInt32(login);
            (capabilities & 0x8_A208).ShouldBe(0x8_A208u, "protocol 4.1, secure connection, plugin, transactions, with database");
            (capabilities & 0x1_0000).ShouldBe(0u, "no multiple statements");
            login[8].ShouldBe((byte)45);
            byte[] expected =
            [
                .. "root\0"u8, 20, .. AuthenticationPlugins.Respond("mysql_native_password", "secret", Packets.Challenge),
                .. "db1\0mysql_native_password\0"u8,
            ];
            login[32..].ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_server_may_switch_the_method()
    {
        byte[] answer = [];
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake("auth_socket"));
            await session.ReadAsync();
            await session.SendAsync(Packets.AuthSwitch("mysql_native_password"));
            answer = await session.ReadAsync();
            await session.SendAsync(Packets.Ok());
            await session.AcceptAutocommitAsync();
        });

        await using (await ConnectAsync(server.Endpoint))
            answer.ShouldBe(AuthenticationPlugins.Respond("mysql_native_password", server.Endpoint.Password, Packets.Challenge));
    }

    [Fact]
    public async Task The_fast_path_of_caching_sha2_needs_no_TLS()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake("caching_sha2_password"));
            await session.ReadAsync();
            await session.SendAsync([1, 3], Packets.Ok());
            await session.AcceptAutocommitAsync();
            await session.FallSilentAsync();
        });

        await using var connection = await ConnectAsync(server.Endpoint);
        connection.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task The_password_itself_is_never_sent_without_TLS()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake("caching_sha2_password"));
            await session.ReadAsync();
            await session.SendAsync([[1, 4]]);
            await session.FallSilentAsync();
        });

        var exception = await Should.ThrowAsync<DoltException>(ConnectAsync(server.Endpoint));
        exception.Code.ShouldBe(2061);
        exception.Message.ShouldContain("TLS");
        exception.ToString().ShouldNotContain(server.Endpoint.Password);
    }

    [Fact]
    public async Task A_full_login_of_caching_sha2_without_TLS_sends_the_password_for_the_key_of_the_server_alone()
    {
        using var key = RSA.Create(2048);
        byte[] request = [], answer = [];
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake("caching_sha2_password"));
            await session.ReadAsync();
            await session.SendAsync([[1, 4]]);
            request = await session.ReadAsync();
            await session.SendAsync([[1, .. Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n")]]);
            answer = await session.ReadAsync();
            await session.SendAsync(Packets.Ok());
            await session.AcceptAutocommitAsync();
            await session.FallSilentAsync();
        });

        var endpoint = server.Endpoint with { Password = "pässwörd that is longer than the challenge", AllowPublicKeyRetrieval = true };
        await using (await ConnectAsync(endpoint))
        {
            request.ShouldBe([2]);
            var hidden = key.Decrypt(answer, RSAEncryptionPadding.OaepSHA1);
            var password = hidden.Select((value, index) => (byte)(value ^ Packets.Challenge[index % 20])).ToArray();
            password.ShouldBe([.. Encoding.UTF8.GetBytes(endpoint.Password), 0]);
        }
    }

    [Fact]
    public async Task The_challenge_of_a_switch_hides_the_password_of_a_full_login()
    {
        using var key = RSA.Create(2048);
        byte[] answer = [];
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake());
            await session.ReadAsync();
            await session.SendAsync([[0xFE, .. "caching_sha2_password\0"u8, .. Enumerable.Repeat((byte)7, 20), 0]]);
            await session.ReadAsync();
            await session.SendAsync([[1, 4]]);
            await session.ReadAsync();
            await session.SendAsync([[1, .. Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem())]]);
            answer = await session.ReadAsync();
            await session.SendAsync(Packets.Ok());
            await session.AcceptAutocommitAsync();
            await session.FallSilentAsync();
        });

        await using (await ConnectAsync(server.Endpoint with { Password = "secret", AllowPublicKeyRetrieval = true }))
            key.Decrypt(answer, RSAEncryptionPadding.OaepSHA1).Select(value => (byte)(value ^ 7)).ShouldBe("secret\0"u8.ToArray());
    }

    [Fact]
    public async Task The_fast_path_asks_for_no_key()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake("caching_sha2_password"));
            await session.ReadAsync();
            await session.SendAsync([1, 3], Packets.Ok());
            await session.AcceptAutocommitAsync();
            await session.FallSilentAsync();
        });

        await using var connection = await ConnectAsync(server.Endpoint with { AllowPublicKeyRetrieval = true });
        connection.IsUsable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("no key at all")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    public async Task A_key_that_is_none_gets_no_password(string pem)
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake("caching_sha2_password"));
            await session.ReadAsync();
            await session.SendAsync([[1, 4]]);
            await session.ReadAsync();
            await session.SendAsync([[1, .. Encoding.ASCII.GetBytes(pem)]]);
            await session.FallSilentAsync();
        });

        var exception = await Should.ThrowAsync<IOException>(ConnectAsync(server.Endpoint with { AllowPublicKeyRetrieval = true }));
        exception.Message.ShouldContain("public key");
        exception.ToString().ShouldNotContain(server.Endpoint.Password);
    }

    [Theory]
    [InlineData("client_ed25519")]
    [InlineData("mysql_clear_password")]
    public async Task An_unknown_method_is_named_and_gets_no_password(string plugin)
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake());
            await session.ReadAsync();
            await session.SendAsync(Packets.AuthSwitch(plugin));
            await session.FallSilentAsync();
        });

        var exception = await Should.ThrowAsync<DoltException>(ConnectAsync(server.Endpoint));
        exception.Code.ShouldBe(2059);
        exception.Message.ShouldContain(plugin);
    }

    [Fact]
    public async Task A_server_without_TLS_gets_no_login_when_TLS_is_required()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake());
            await session.FallSilentAsync();
        });

        var exception = await Should.ThrowAsync<DoltException>(ConnectAsync(server.Endpoint with { UseTls = true }));
        exception.Code.ShouldBe(2026);
    }

    [Fact]
    public async Task A_refused_login_is_access_denied()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake());
            await session.ReadAsync();
            await session.SendAsync(Packets.Error(1045, "Access denied for user 'root'"));
        });

        var exception = await Should.ThrowAsync<DoltException>(ConnectAsync(server.Endpoint));
        exception.IsAccessDenied.ShouldBeTrue();
        exception.Message.ShouldBe("Access denied for user 'root'");
    }

    [Fact]
    public async Task A_server_may_refuse_before_the_handshake_without_an_SQL_state()
    {
        await using var server = FakeServer.Scripted(session => session.SendAsync([[0xFF, 0x10, 0x04, .. "Too many connections"u8]]));
        var exception = await Should.ThrowAsync<DoltException>(ConnectAsync(server.Endpoint));
        exception.Code.ShouldBe(1040);
        exception.Message.ShouldBe("Too many connections");
    }

    [Fact]
    public void An_endpoint_shows_no_password()
    {
        var endpoint = new DoltEndpoint { Host = "h", Port = 3306, User = "u", Password = "p4ss" };
        endpoint.ToString().ShouldBe("u@h:3306");
        $"{new { endpoint }}".ShouldNotContain("p4ss");
    }

    private static async Task<DoltServer> ConnectAsync(DoltEndpoint endpoint) =>
        await new DoltConnector(TimeProvider.System).ConnectAsync(endpoint, s_deadline, TestContext.Current.CancellationToken);
}
