using DoltDB.Operator.Testing.Servers;

namespace DoltDB.Operator.Sql.Tests.Integration;

/// <summary>A MariaDB server with an account for the tests.</summary>
public sealed class MariaDbFixture : IAsyncLifetime
{
    private MariaDbServer? _server;

    public string CertificateAuthorityPem => Server.CertificateAuthorityPem;

    public DoltEndpoint Endpoint => new() { Host = "127.0.0.1", Port = Server.Port, User = "tester", Password = "t3ster-secret" };

    private MariaDbServer Server => _server ?? throw new InvalidOperationException("the server has not started");

    public async ValueTask InitializeAsync() =>
        _server = await MariaDbServer.StartAsync("""
            CREATE USER 'tester'@'127.0.0.1' IDENTIFIED BY 't3ster-secret';
            GRANT ALL ON *.* TO 'tester'@'127.0.0.1' WITH GRANT OPTION;
            CREATE DATABASE db1;
            DELETE FROM mysql.global_priv WHERE Host NOT IN ('localhost', '127.0.0.1');
            """);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
