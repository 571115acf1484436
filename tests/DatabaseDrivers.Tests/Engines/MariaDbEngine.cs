using DoltDB.Operator.Sql;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Sql.Drivers.MySql;
using DoltDB.Operator.Testing.Servers;

namespace DatabaseDrivers.Tests.Engines;

/// <summary>A real MariaDB.</summary>
public sealed class MariaDbEngine : TestEngine
{
    private readonly MySqlDriver _driver = new(new DriverOptions(), TimeProvider.System);
    private MariaDbServer? _server;

    public override string Engine => "MariaDB";

    public override IDatabaseDriver Driver => _driver;

    public override ServerEndpoint Server => new() { Host = "127.0.0.1", Port = Running.Port, User = "admin", Password = "adm1n-secret" };

    public override string CertificateAuthorityPem => Running.CertificateAuthorityPem;

    public override int LongestUserName => 80;

    public override (string Charset, string Collation, string OtherCollation) Encoding => ("latin1", "latin1_general_ci", "latin1_bin");

    public override bool ChangesEncoding => true;

    public override bool RefusesStrangersCertificates => true;

    private MariaDbServer Running => _server ?? throw new InvalidOperationException("the server has not started");

    public override async ValueTask InitializeAsync() => _server = await MariaDbServer.StartAsync("""
        CREATE USER 'admin'@'%' IDENTIFIED BY 'adm1n-secret';
        GRANT ALL ON *.* TO 'admin'@'%' WITH GRANT OPTION;
        DELETE FROM mysql.global_priv WHERE Host NOT IN ('localhost', '%');
        FLUSH PRIVILEGES;
        """);

    public override async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    public override Task<ITestSession> LoginAsync(string user, string password, string? database = null, bool encrypted = false) =>
        MySqlProtocolSession.LoginAsync(Server, user, password, database, encrypted);

    public override string Table(string database, string table) => $"{SqlQuoting.Identifier(database)}.{SqlQuoting.Identifier(table)}";

    public override async Task<string> ReadFingerprintAsync()
    {
        await using var session = (MySqlProtocolSession)await LoginAsAdministratorAsync();
        return await MySqlFingerprint.ReadAsync(session);
    }

    public override async Task CreateRoleAsync(string role)
    {
        await using var session = await LoginAsAdministratorAsync();
        await session.ExecuteAsync($"CREATE ROLE {role}");
    }

    public override async Task GrantSelectAsync(string grantee, string database)
    {
        await using var session = await LoginAsAdministratorAsync();
        await session.ExecuteAsync($"GRANT SELECT ON {database}.* TO {grantee}");
    }
}
