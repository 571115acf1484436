namespace DoltDB.Operator.Sql;

/// <summary>The role that a Dolt server plays in its cluster.</summary>
public enum DoltRole
{
    /// <summary>The server has no cluster configuration.</summary>
    None,

    /// <summary>Accepts writes and pushes them to the standbys.</summary>
    Primary,

    /// <summary>Read-only; receives what the primary pushes.</summary>
    Standby,

    /// <summary>Two primaries met at one epoch; read-only until one of them is promoted at a higher epoch.</summary>
    DetectedBrokenConfig,
}

/// <summary>Role and epoch as one server reports them of itself.</summary>
public sealed record DoltRoleReport(DoltRole Role, long Epoch);

/// <summary>A row of <c>dolt_cluster.dolt_cluster_status</c>. On a primary a NULL lag means that the standby was never reached.</summary>
public sealed record DoltReplicationStatus(
    string Database, string StandbyRemote, string Role, long Epoch, long? ReplicationLagMillis, string? CurrentError);

/// <summary>A row of the answer to <c>DOLT_CLUSTER_TRANSITION_TO_STANDBY</c>. It does not prove that the standby can be reached.</summary>
public sealed record DoltTransitionRow(bool CaughtUp, string Database, string Remote, string RemoteUrl);

/// <summary>Where and how to reach one server.</summary>
public sealed record DoltEndpoint
{
    /// <summary>Address: an IP or a DNS name.</summary>
    public required string Host { get; init; }

    /// <summary>SQL port.</summary>
    public required int Port { get; init; }

    /// <summary>Account to log in with.</summary>
    public required string User { get; init; }

    /// <summary>Password. Never logged, never part of <see cref="ToString"/>.</summary>
    public required string Password { get; init; }

    /// <summary>Use TLS; the server certificate is not verified unless a CA is given.</summary>
    public bool UseTls { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{User}@{Host}:{Port}";
}

/// <summary>Opens connections to Dolt servers.</summary>
public interface IDoltConnector
{
    /// <summary>Connects and logs in within <paramref name="deadline"/>.</summary>
    /// <exception cref="DoltException">The server answered with an error, such as 1045 access denied.</exception>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    /// <exception cref="IOException">The server cannot be reached or closed the connection.</exception>
    Task<IDoltServer> ConnectAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken);
}

/// <summary>
/// One open connection to one Dolt server: every statement of the operator, each with its own deadline. After an exception other than
/// <see cref="DoltException"/>, and after every role change, the connection is unusable: <see cref="IsUsable"/> turns false.
/// Not safe for use by two callers at once.
/// </summary>
public interface IDoltServer : IAsyncDisposable
{
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
    /// <c>dolt_hashof_db()</c> of each user database: equal hashes prove equal content, uncommitted working sets included.
    /// </summary>
    Task<IReadOnlyDictionary<string, string>> HashDatabasesAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>A SHA-256 over all accounts and their grants, equal on two servers when these are the same. Holds no secret.</summary>
    Task<string> HashAccountsAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>What a primary says of its standbys; empty without databases and without cluster configuration.</summary>
    Task<IReadOnlyList<DoltReplicationStatus>> ReadReplicationStatusAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary><c>CALL DOLT_ASSUME_CLUSTER_ROLE(role, epoch)</c>. Read the role back on a new connection.</summary>
    Task AssumeRoleAsync(DoltRole role, long epoch, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary><c>CALL DOLT_CLUSTER_TRANSITION_TO_STANDBY(epoch, minCaughtUp)</c>: graceful demotion; may take Dolt's full 10 seconds.</summary>
    Task<IReadOnlyList<DoltTransitionRow>> TransitionToStandbyAsync(long epoch, int minimumCaughtUpStandbys, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>An empty commit in the database, which makes the primary push all of it: heals a standby that lost its rows.</summary>
    Task ResyncDatabaseAsync(string database, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary><c>FLUSH PRIVILEGES</c>, which makes the primary push all accounts: heals a standby that lost its users.</summary>
    Task FlushPrivilegesAsync(TimeSpan deadline, CancellationToken cancellationToken);
}

/// <summary>An error that a server answered to a statement. <see cref="Code"/> 1105 means nothing: decide by reading the state again.</summary>
public sealed class DoltException : Exception
{
    /// <summary>Creates the exception from an error packet. The message must not repeat the statement.</summary>
    public DoltException(int code, string message)
        : base(message) => Code = code;

    /// <summary>MySQL error code.</summary>
    public int Code { get; }

    /// <summary>Whether the login was refused (1045).</summary>
    public bool IsAccessDenied => Code == 1045;
}
