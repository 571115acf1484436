namespace DoltDB.Operator.Sql.Drivers;

/// <summary>
/// What the operator does on servers of one engine. Every method is idempotent: it looks first and changes only what differs, so that it can be
/// repeated after a crash at any point and costs one reading where nothing is to be done. Every method has a deadline of the driver's own.
/// Connections are kept and shared; the driver is safe for many callers at once.
/// </summary>
/// <remarks>
/// All methods throw <see cref="DriverException"/>, whose message holds no secret, and nothing else but cancellation. Databases and accounts that
/// belong to the server, and the account that logs in, are <see cref="DriverError.Invalid"/> for everything but the readings: nothing is changed, granted or
/// revoked there.
/// </remarks>
public interface IDatabaseDriver : IAsyncDisposable
{
    /// <summary>What the engine has.</summary>
    DriverCapabilities Capabilities { get; }

    /// <summary>Logs in and reads what the server is.</summary>
    Task<ServerDescription> ProbeAsync(ServerEndpoint server, CancellationToken cancellationToken);

    /// <summary>The database of that name as it is; null when there is none.</summary>
    Task<DatabaseState?> ReadDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken);

    /// <summary>Makes the database be as defined; true when something was changed. Branches and patterns that <paramref name="applied"/> had and the definition no longer has are removed; null when nothing was applied before.</summary>
    Task<bool> EnsureDatabaseAsync(ServerEndpoint server, DatabaseDefinition database, DatabaseDefinition? applied, CancellationToken cancellationToken);

    /// <summary>Drops the database with all that is in it, if it is there. Sessions in it are ended where the engine demands it.</summary>
    Task DropDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken);

    /// <summary>Whether the account is there.</summary>
    Task<bool> HasAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken);

    /// <summary>Makes the account be as defined; true when something was changed.</summary>
    Task<bool> EnsureAccountAsync(ServerEndpoint server, AccountDefinition account, CancellationToken cancellationToken);

    /// <summary>Drops the account, if it is there. What it owns in PostgreSQL goes to the administrator first.</summary>
    Task DropAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken);

    /// <summary>Grants what is missing of the privileges or roles; true when something was granted. The account must exist.</summary>
    Task<bool> EnsureGrantAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken);

    /// <summary>Revokes what is there of the privileges or roles, and the grant option with them when it is asked for; without privileges and roles the option alone. No error when the account, the database or the table is gone.</summary>
    Task RevokeAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken);
}
