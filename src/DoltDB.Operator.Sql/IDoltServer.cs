namespace DoltDB.Operator.Sql;

/// <summary>
/// One open connection to one Dolt server: every statement of the operator, each with its own deadline. After an exception other than
/// <see cref="DoltException"/> the connection is unusable, and after a role change too unless it could be made as new: <see cref="IsUsable"/> turns false.
/// Not safe for use by two callers at once.
/// </summary>
public interface IDoltServer : IAsyncDisposable
{
    /// <summary>What the hash of a database begins with that could not be opened.</summary>
    const string Unreadable = "unreadable-";

    /// <summary>False once the connection is closed, broken or invalidated by a role change.</summary>
    bool IsUsable { get; }

    /// <summary>Version of the server, from the handshake (<c>8.0.33</c>-style) — not the engine version.</summary>
    string ServerVersion { get; }

    /// <summary>Role and epoch; <see cref="DoltRole.None"/> at epoch 0 when the server has no cluster configuration.</summary>
    Task<DoltRoleReport> ReadRoleAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>The engine version, <c>SELECT dolt_version()</c>.</summary>
    Task<string> ReadEngineVersionAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>User databases in ordinal order, system databases left out.</summary>
    Task<IReadOnlyList<string>> ListDatabasesAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>
    /// A hash of each user database: equal hashes prove equal branches, and an equal working set of the default branch. A database that the server
    /// cannot open has one too: that of its answer.
    /// </summary>
    Task<IReadOnlyDictionary<string, string>> HashDatabasesAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>A SHA-256 over all accounts and their grants, equal on two servers when these are the same. Holds no secret.</summary>
    Task<string> HashAccountsAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>What a primary says of its standbys; empty without databases and without cluster configuration.</summary>
    Task<IReadOnlyList<DoltReplicationStatus>> ReadReplicationStatusAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>
    /// What the server has of the variables that can be set while it runs; <paramref name="isMember"/> is whether it has a cluster configuration, without which
    /// it has no standbys to wait for. A log level that it cannot tell, because its version has no such variable, is null.
    /// </summary>
    Task<RunningVariables> ReadVariablesAsync(bool isMember, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Sets a global variable: the log level at once, how long writes wait for sessions that begin from now on.</summary>
    Task SetVariableAsync(DoltVariable variable, string value, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Gives the account <c>user@%</c> the password, and makes it with all privileges when there is none.</summary>
    Task SetAdministratorAsync(string user, string password, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary><c>CALL DOLT_ASSUME_CLUSTER_ROLE(role, epoch)</c>. Read the role back.</summary>
    Task AssumeRoleAsync(DoltRole role, long epoch, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary><c>CALL DOLT_CLUSTER_TRANSITION_TO_STANDBY(epoch, minCaughtUp)</c>: graceful demotion; may take Dolt's full 10 seconds.</summary>
    Task<IReadOnlyList<DoltTransitionRow>> TransitionToStandbyAsync(long epoch, int minimumCaughtUpStandbys, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>
    /// An empty commit in the database, which makes the primary push all of it: heals a standby that lost its rows. Not while somebody has staged
    /// changes, which it would take along: then false.
    /// </summary>
    Task<bool> ResyncDatabaseAsync(string database, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary><c>FLUSH PRIVILEGES</c>, which makes the primary push all accounts: heals a standby that lost its users.</summary>
    Task FlushPrivilegesAsync(TimeSpan deadline, CancellationToken cancellationToken);
}
