using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Engines;

/// <summary>A running server of one engine and the driver under test. Tests use databases and accounts of their own, by <see cref="NewName"/>.</summary>
public abstract class TestEngine : IAsyncLifetime
{
    private int _names;

    public abstract string Engine { get; }

    public abstract IDatabaseDriver Driver { get; }

    /// <summary>The administrator, in plain text.</summary>
    public abstract ServerEndpoint Server { get; }

    /// <summary>The administrator, encrypted towards anyone, under a host name that the certificate does not carry.</summary>
    public ServerEndpoint EncryptedServer => Server with { Tls = new ServerTls { Mode = TlsMode.Require } };

    /// <summary>The authority that signed the certificate of the server.</summary>
    public abstract string CertificateAuthorityPem { get; }

    /// <summary>Longest user name in characters of ASCII.</summary>
    public abstract int LongestUserName { get; }

    /// <summary>A charset with a collation that is not the server's default, and another collation.</summary>
    public abstract (string Charset, string Collation, string OtherCollation) Encoding { get; }

    /// <summary>Whether a server that knows one authority ends connections with certificates of another.</summary>
    public virtual bool RefusesStrangersCertificates => false;

    /// <summary>Whether charset and collation of a database can be changed.</summary>
    public virtual bool ChangesEncoding => false;

    public bool Has(DriverCapabilities capability) => Driver.Capabilities.HasFlag(capability);

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Logs in as an account; into the database, when one is given.</summary>
    public abstract Task<ITestSession> LoginAsync(string user, string password, string? database = null, bool encrypted = false);

    /// <summary>How a table of a database is called in a statement of a session in that database.</summary>
    public abstract string Table(string database, string table);

    /// <summary>Reads what of the server a stranger could have changed: databases, accounts, grants.</summary>
    public abstract Task<string> ReadFingerprintAsync();

    /// <summary>Creates a role without a login.</summary>
    public abstract Task CreateRoleAsync(string role);

    /// <summary>How a role is granted SELECT on a database, as an administrator does it by hand.</summary>
    public abstract Task GrantSelectAsync(string grantee, string database);

    public Task<ITestSession> LoginAsAdministratorAsync(string? database = null) => LoginAsync(Server.User, Server.Password, database);

    /// <summary>A name that nothing on the server has.</summary>
    public string NewName(string stem) => $"{stem}{Interlocked.Increment(ref _names)}";

    /// <summary>A new database with a table of one row.</summary>
    public async Task<string> CreateDatabaseAsync(string table = "items")
    {
        var database = NewName("shop");
        await Driver.EnsureDatabaseAsync(Server, new() { Name = database }, null, TestContext.Current.CancellationToken);
        await CreateTableAsync(database, table);
        return database;
    }

    public async Task CreateTableAsync(string database, string table)
    {
        await using var session = await LoginAsAdministratorAsync(database);
        await session.ExecuteAsync($"CREATE TABLE {Table(database, table)} (id INT PRIMARY KEY)");
        await session.ExecuteAsync($"INSERT INTO {Table(database, table)} VALUES (1)");
    }

    /// <summary>A new account with a password.</summary>
    public async Task<AccountDefinition> CreateAccountAsync()
    {
        var account = new AccountDefinition { Name = new(NewName("app"), "%"), Password = "first-secret" };
        await Driver.EnsureAccountAsync(Server, account, TestContext.Current.CancellationToken);
        return account;
    }
}

/// <summary>A session of an account.</summary>
public interface ITestSession : IAsyncDisposable
{
    /// <exception cref="RefusedException">The server refused.</exception>
    Task ExecuteAsync(string statement);

    /// <summary>The first value of the first row; null without rows.</summary>
    /// <exception cref="RefusedException">The server refused.</exception>
    Task<string?> ReadAsync(string query);
}

/// <summary>The server refused a login or a statement.</summary>
public sealed class RefusedException(Exception inner) : Exception(inner.Message, inner);
