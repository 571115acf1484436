using System.Net;
using System.Net.Sockets;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Testing.Servers;
using BuiltIn = DoltDB.Operator.Sql.Drivers.DatabaseDrivers;

namespace DatabaseDrivers.Tests.Conformance;

/// <summary>Reaching the server and being let in.</summary>
public abstract class ConnectionSuite(TestEngine engine) : Suite(engine)
{
    [Fact]
    public async Task A_probe_tells_the_version_and_what_can_be_managed()
    {
        var description = await Driver.ProbeAsync(Server, Token);
        description.Version.ShouldNotBeEmpty();
        description.Capabilities.ShouldBe(Driver.Capabilities);
    }

    [Fact]
    public async Task A_wrong_password_is_told_apart_and_not_repeated()
    {
        var exception = await ShouldFailAsync(DriverError.AccessDenied, Driver.ProbeAsync(Server with { Password = "wr0ng-secret" }, Token), Server.User);
        exception.ToString().ShouldNotContain("wr0ng-secret");
        (await Driver.ProbeAsync(Server, Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_unknown_administrator_is_refused() =>
        await ShouldFailAsync(DriverError.AccessDenied, Driver.ProbeAsync(Server with { User = "nobody" }, Token), "nobody");

    [Fact]
    public async Task A_server_that_is_down_is_unreachable() =>
        await ShouldFailAsync(DriverError.Unreachable, Driver.ProbeAsync(Server with { Port = LocalProcess.FindFreePort() }, Token));

    [Fact]
    public async Task A_host_without_an_address_is_unreachable() =>
        await ShouldFailAsync(DriverError.Unreachable, Driver.ProbeAsync(Server with { Host = "nowhere.invalid" }, Token));

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_is_unreachable_at_the_deadline()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var driver = BuiltIn.Create(Engine.Engine, new() { ConnectDeadline = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        var started = TimeProvider.System.GetTimestamp();
        var server = Server with { Port = ((IPEndPoint)silent.LocalEndpoint).Port };
        await ShouldFailAsync(DriverError.Unreachable, driver.ProbeAsync(server, Token));
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_connection_that_was_cut_is_replaced()
    {
        var proxy = new RecordingProxy(Server.Port, Engine.Engine == "PostgreSQL");
        var server = Server with { Port = proxy.Port };
        await Driver.ProbeAsync(server, Token);
        await proxy.DisposeAsync();
        await ShouldFailAsync(DriverError.Unreachable, Driver.ProbeAsync(server, Token));
        (await Driver.ProbeAsync(Server, Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Many_callers_share_the_driver()
    {
        var accounts = Enumerable.Range(0, 20).Select(_ => new AccountDefinition { Name = new(Engine.NewName("app"), "%"), Password = "shared-secret" }).ToList();
        (await Task.WhenAll(accounts.Select(EnsureAsync))).ShouldAllBe(changed => changed);
        (await Task.WhenAll(accounts.Select(EnsureAsync))).ShouldAllBe(changed => !changed);
    }

    [Fact]
    public async Task One_object_that_two_callers_ensure_at_once_is_there_afterwards()
    {
        var database = new DatabaseDefinition { Name = Engine.NewName("shop") };
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => EnsureAsync(database)));
        (await EnsureAsync(database)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_encrypted_connection_may_trust_anyone() =>
        (await Driver.ProbeAsync(Engine.EncryptedServer, Token)).Version.ShouldNotBeEmpty();

    [Fact]
    public async Task A_verified_authority_may_have_signed_for_another_name() =>
        (await Driver.ProbeAsync(Encrypted(TlsMode.VerifyCA, Engine.CertificateAuthorityPem), Token)).Version.ShouldNotBeEmpty();

    [Fact]
    public async Task A_verified_identity_needs_the_name_of_the_server() =>
        await ShouldFailAsync(DriverError.Unreachable, Driver.ProbeAsync(Encrypted(TlsMode.VerifyIdentity, Engine.CertificateAuthorityPem), Token), "TLS");

    [Theory]
    [InlineData(TlsMode.VerifyCA)]
    [InlineData(TlsMode.VerifyIdentity)]
    public async Task Another_authority_is_not_trusted(TlsMode mode)
    {
        using var strangers = new TestCertificates();
        await ShouldFailAsync(DriverError.Unreachable, Driver.ProbeAsync(Encrypted(mode, strangers.AuthorityPem), Token), "TLS");
    }

    [Theory]
    [InlineData(TlsMode.VerifyCA)]
    [InlineData(TlsMode.VerifyIdentity)]
    public async Task Without_an_authority_the_system_decides_and_knows_the_tests_not(TlsMode mode) =>
        await ShouldFailAsync(DriverError.Unreachable, Driver.ProbeAsync(Encrypted(mode, null), Token), "TLS");

    [Fact]
    public async Task A_client_certificate_is_shown()
    {
        using var certificates = new TestCertificates();
        var (certificate, key) = certificates.Issue(Server.User);
        var server = Server with { Tls = new() { Mode = TlsMode.Require, ClientCertificatePem = certificate, ClientKeyPem = key } };
        if (Engine.RefusesStrangersCertificates)
            await ShouldFailAsync(DriverError.Unreachable, Driver.ProbeAsync(server, Token));
        else
            (await Driver.ProbeAsync(server, Token)).Version.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Certificates_that_are_none_are_invalid()
    {
        await ShouldFailAsync(DriverError.Invalid, Driver.ProbeAsync(Encrypted(TlsMode.VerifyCA, "no certificate"), Token), "certificate authority");
        var server = Server with { Tls = new() { Mode = TlsMode.Require, ClientCertificatePem = "no certificate", ClientKeyPem = "no key" } };
        await ShouldFailAsync(DriverError.Invalid, Driver.ProbeAsync(server, Token), "client certificate");
    }

    [Fact]
    public async Task A_cancelled_call_is_a_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(Driver.ProbeAsync(Server, cancelled.Token));
    }

    [Fact]
    public void What_holds_a_password_does_not_show_it()
    {
        var server = Server with { Password = "sh0wn-secret", Tls = new() { Mode = TlsMode.Require, ClientKeyPem = "sh0wn-secret" } };
        $"{server} {server.Tls} {new AccountDefinition { Name = new("app", "%"), Password = "sh0wn-secret" }}".ShouldNotContain("sh0wn-secret");
    }

    private ServerEndpoint Encrypted(TlsMode mode, string? authority) => Server with { Tls = new() { Mode = mode, CertificateAuthorityPem = authority } };
}
