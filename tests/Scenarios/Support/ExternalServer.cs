using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>A real server that somebody else runs, as its administrator sees it: what the operator made there, and what a stranger does by hand.</summary>
internal sealed class ExternalServer(TestEngine engine)
{
    private bool IsPostgreSql => engine is PostgreSqlEngine;

    /// <summary>The Secrets of the administrator and of the authority, and the ExternalInstance.</summary>
    public string Instance(string name, string? password = null) => $$"""
        {{AdministratorSecret(name, password)}}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}-ca}
        data: {ca.crt: {{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(engine.CertificateAuthorityPem))}} }
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: ExternalInstance
        metadata: {name: {{name}}}
        spec:
          engine: {{engine.Engine}}
          host: {{engine.Server.Host}}
          port: {{engine.Server.Port}}
          tls: {mode: VerifyCA, caSecretKeyRef: {name: {{name}}-ca, key: ca.crt} }
          probeInterval: 200ms
          adminCredentials:
            username: {value: {{engine.Server.User}}}
            password: {valueFrom: {secretKeyRef: {name: {{name}}-admin, key: password} } }
        """;

    /// <summary>The Secret with the administrator's password, which is the true one unless another is given.</summary>
    public string AdministratorSecret(string name, string? password = null) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}-admin}
        stringData: {password: '{{password ?? engine.Server.Password}}'}
        """;

    /// <summary>What the server says of its version.</summary>
    public Task<string?> VersionAsync() => ReadAsync(IsPostgreSql ? "SHOW server_version" : "SELECT VERSION()");

    public async Task<bool> HasDatabaseAsync(string name) => await ReadAsync(IsPostgreSql
        ? $"SELECT COUNT(*) FROM pg_database WHERE datname = '{name}'"
        : $"SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '{name}'") == "1";

    public async Task<bool> HasAccountAsync(string name) => await ReadAsync(IsPostgreSql
        ? $"SELECT COUNT(*) FROM pg_roles WHERE rolname = '{name}'"
        : $"SELECT COUNT(*) FROM mysql.user WHERE User = '{name}'") == "1";

    /// <summary>Drops an account that owns nothing, as an administrator does by hand.</summary>
    public async Task DropAccountAsync(string name, string database)
    {
        await using var session = await engine.LoginAsAdministratorAsync(database);
        if (IsPostgreSql)
            await session.ExecuteAsync($"DROP OWNED BY {name}");
        await session.ExecuteAsync(IsPostgreSql ? $"DROP ROLE {name}" : $"DROP USER '{name}'@'%'");
    }

    /// <summary>Makes a database, as an administrator does by hand.</summary>
    public async Task CreateDatabaseAsync(string name)
    {
        await using var session = await engine.LoginAsAdministratorAsync();
        await session.ExecuteAsync($"CREATE DATABASE {name}");
    }

    /// <summary>A session as somebody who has read a connection Secret and nothing else.</summary>
    public Task<ITestSession> ConnectAsync(Secret connection)
    {
        (Laptop.Text(connection, "host"), Laptop.Text(connection, "port")).ShouldBe((engine.Server.Host, $"{engine.Server.Port}"));
        return engine.LoginAsync(Laptop.Text(connection, "username"), Laptop.Text(connection, "password"), Laptop.Text(connection, "database"), Laptop.Text(connection, "sslmode") != "disable");
    }

    /// <summary>Waits until the account can do that in the database.</summary>
    public Task AwaitAsync(string user, string password, string database, string query, string expected) => Laptop.AwaitTrueAsync(
        async () =>
        {
            try
            {
                await using var session = await engine.LoginAsync(user, password, database);
                return await session.ReadAsync(query) == expected;
            }
            catch (RefusedException)
            {
                return false;
            }
        },
        $"{user} to read {expected} with {query}");

    private async Task<string?> ReadAsync(string query)
    {
        await using var session = await engine.LoginAsAdministratorAsync();
        return await session.ReadAsync(query);
    }
}
