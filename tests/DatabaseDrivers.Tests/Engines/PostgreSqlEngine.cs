using System.Text;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Sql.Drivers.PostgreSql;
using DoltDB.Operator.Testing.Servers;
using Npgsql;

namespace DatabaseDrivers.Tests.Engines;

/// <summary>A real PostgreSQL.</summary>
public sealed class PostgreSqlEngine : TestEngine
{
    private const string Fingerprint = """
        SELECT 'database ' || datname || ' ' || datallowconn || ' ' || (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(COALESCE(datacl, acldefault('d', datdba))) a) FROM pg_database
        UNION ALL SELECT 'role ' || rolname || ' ' || rolcanlogin || ' ' || rolsuper || ' ' || COALESCE(rolpassword, '') FROM pg_authid
        UNION ALL SELECT 'member ' || roleid::regrole || ' ' || member::regrole FROM pg_auth_members
        ORDER BY 1
        """;

    private readonly PostgreSqlDriver _driver = new(new DriverOptions(), TimeProvider.System);
    private PostgreSqlServer? _server;

    public override string Engine => "PostgreSQL";

    public override IDatabaseDriver Driver => _driver;

    public override ServerEndpoint Server => new() { Host = "127.0.0.1", Port = Running.Port, User = "admin", Password = "adm1n-secret" };

    public override string CertificateAuthorityPem => Running.CertificateAuthorityPem;

    public override int LongestUserName => 63;

    public override (string Charset, string Collation, string OtherCollation) Encoding => ("UTF8", "C", "C.UTF-8");

    public override bool RefusesStrangersCertificates => true;

    private PostgreSqlServer Running => _server ?? throw new InvalidOperationException("the server has not started");

    public override async ValueTask InitializeAsync() => _server = await PostgreSqlServer.StartAsync("admin", "adm1n-secret");

    public override async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    // Clients agree on passwords of ASCII only. Beyond, psql is the judge, which brings them into the normal form that the server stores.
    public override Task<ITestSession> LoginAsync(string user, string password, string? database = null, bool encrypted = false) => !Ascii.IsValid(password)
        ? PsqlSession.LoginAsync(Server, user, password)
        : PostgreSqlTestSession.LoginAsync(Server, user, password, database ?? "postgres", encrypted);

    public override string Table(string database, string table) => $"\"{table}\"";

    public override async Task<string> ReadFingerprintAsync()
    {
        await using var session = (PostgreSqlTestSession)await LoginAsAdministratorAsync();
        return await session.ReadAllAsync(Fingerprint);
    }

    public override async Task CreateRoleAsync(string role)
    {
        await using var session = await LoginAsAdministratorAsync();
        await session.ExecuteAsync($"CREATE ROLE {role}");
    }

    public override async Task GrantSelectAsync(string grantee, string database)
    {
        await using var session = await LoginAsAdministratorAsync(database);
        await session.ExecuteAsync($"GRANT CONNECT ON DATABASE {database} TO {grantee}");
        await session.ExecuteAsync($"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {grantee}");
    }
}

/// <summary>A session over PostgreSQL's protocol.</summary>
internal sealed class PostgreSqlTestSession : ITestSession
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;

    private PostgreSqlTestSession(NpgsqlDataSource source, NpgsqlConnection connection) => (_source, _connection) = (source, connection);

    public static async Task<ITestSession> LoginAsync(ServerEndpoint server, string user, string password, string database, bool encrypted)
    {
        var builder = new NpgsqlDataSourceBuilder();
        // Never through the text of a connection string, which loses the line break at the end of a password.
        builder.UsePasswordProvider(_ => password, (_, _) => ValueTask.FromResult(password));
        var settings = builder.ConnectionStringBuilder;
        (settings.Host, settings.Port, settings.Username, settings.Database) = (server.Host, server.Port, user, database);
        (settings.Pooling, settings.SslMode, settings.GssEncryptionMode) = (false, encrypted ? SslMode.Require : SslMode.Disable, GssEncryptionMode.Disable);
        var source = builder.Build();
        try
        {
            return new PostgreSqlTestSession(source, await source.OpenConnectionAsync());
        }
        catch (NpgsqlException exception)
        {
            await source.DisposeAsync();
            throw new RefusedException(exception);
        }
    }

    public Task ExecuteAsync(string statement) => RunAsync(statement, command => command.ExecuteNonQueryAsync());

    public Task<string?> ReadAsync(string query) => RunAsync(query, async command => (await command.ExecuteScalarAsync())?.ToString());

    public Task<string> ReadAllAsync(string query) => RunAsync(query, async command =>
    {
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    });

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private async Task<T> RunAsync<T>(string statement, Func<NpgsqlCommand, Task<T>> run)
    {
        await using var command = new NpgsqlCommand(statement, _connection);
        try
        {
            return await run(command);
        }
        catch (NpgsqlException exception)
        {
            throw new RefusedException(exception);
        }
    }
}
