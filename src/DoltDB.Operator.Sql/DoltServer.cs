using DoltDB.Operator.Sql.Protocol;

namespace DoltDB.Operator.Sql;

/// <summary>The statements of <see cref="IDoltServer"/> over one MySQL connection.</summary>
public sealed class DoltServer : IDoltServer, ISqlSession
{
    private const int UnknownError = 1105;
    private const int UnknownDatabase = 1049;

    /// <summary>One of many small readings: a server that freezes among them is noticed before all of their time is up.</summary>
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(2);

    private readonly ISqlTransport _connection;
    private readonly TimeProvider _clock;
    private bool _invalidated;
    private bool _hasCurrentDatabase;

    internal DoltServer(ISqlTransport connection, TimeProvider clock) => (_connection, _clock) = (connection, clock);

    /// <inheritdoc cref="IDoltServer.IsUsable"/>
    public bool IsUsable => !_invalidated && _connection.IsOpen;

    /// <inheritdoc/>
    public string ServerVersion => _connection.ServerVersion;

    /// <inheritdoc/>
    public async Task<DoltRoleReport> ReadRoleAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(_clock, deadline);
        try
        {
            return DoltStatements.ParseRole(await QueryAsync(DoltStatements.ReadRole, budget.Remaining, cancellationToken));
        }
        catch (DoltException exception) when (exception.Code == UnknownError)
        {
            // 1105 means nothing by itself. A connection that a role change invalidated answers it to everything, which this throws;
            // where other statements work, it is the variables that do not exist.
            await ProbeAsync(budget, cancellationToken);
            return new(DoltRole.None, 0);
        }
    }

    /// <inheritdoc/>
    public async Task<string> ReadEngineVersionAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        DoltStatements.ParseSingleText(await QueryAsync(DoltStatements.ReadEngineVersion, deadline, cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListDatabasesAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        DoltStatements.ParseDatabases(await QueryAsync(DoltStatements.ListDatabases, deadline, cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> HashDatabasesAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(_clock, deadline);
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var database in await ListDatabasesAsync(budget.Remaining, cancellationToken))
            hashes[database] = await HashAsync(database, budget, cancellationToken);

        return hashes;
    }

    /// <inheritdoc/>
    public async Task<string> HashAccountsAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(_clock, deadline);
        using var hash = new AccountsHash();
        var accounts = StoredAccount.Parse(await QueryAsync(DoltStatements.ListAccounts, ForOne(budget), cancellationToken));
        foreach (var account in accounts)
        {
            var statement = DoltStatements.ShowGrants(account.User, account.Host);
            hash.Add(account, await QueryAsync(statement, ForOne(budget), cancellationToken));
        }

        return hash.Finish();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DoltReplicationStatus>> ReadReplicationStatusAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _connection.QueryAsync(DoltStatements.ReadReplicationStatus, deadline, cancellationToken);
            return DoltStatements.ParseReplicationStatus(answer);
        }
        catch (DoltException exception) when (exception.Code == UnknownDatabase)
        {
            // Without a cluster configuration there is no database dolt_cluster.
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task<RunningVariables> ReadVariablesAsync(bool isMember, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(_clock, deadline);
        try
        {
            return DoltStatements.ParseVariables(isMember, await QueryAsync(DoltStatements.ReadVariables(isMember), budget.Remaining, cancellationToken));
        }
        catch (DoltException exception) when (!exception.IsAccessDenied)
        {
            // A version without the variable of the log level tells the other only by itself. A session that answers an error to everything throws here.
            if (isMember)
                return DoltStatements.ParseVariables(isMember, await QueryAsync(DoltStatements.ReadAckWritesTimeout, budget.Remaining, cancellationToken));
            await ProbeAsync(budget, cancellationToken);
            return new(null, null);
        }
    }

    /// <inheritdoc/>
    public async Task SetVariableAsync(DoltVariable variable, string value, TimeSpan deadline, CancellationToken cancellationToken) =>
        await QueryAsync(DoltStatements.SetVariable(variable, value), deadline, cancellationToken);

    /// <inheritdoc/>
    public async Task SetAdministratorAsync(string user, string password, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(_clock, deadline);
        var accounts = StoredAccount.Parse(await QueryAsync(DoltStatements.ListAccounts, budget.Remaining, cancellationToken));
        if (accounts.Any(account => account.User == user && account.Host == DoltStatements.AnyHost))
        {
            await QueryAsync(DoltStatements.SetPassword(user, password), budget.Remaining, cancellationToken);
            return;
        }

        await QueryAsync(DoltStatements.CreateAccount(user, password), budget.Remaining, cancellationToken);
        await QueryAsync(DoltStatements.GrantAll(user), budget.Remaining, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task AssumeRoleAsync(DoltRole role, long epoch, TimeSpan deadline, CancellationToken cancellationToken) =>
        await ChangeRoleAsync(DoltStatements.AssumeRole(role, epoch), deadline, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DoltTransitionRow>> TransitionToStandbyAsync(
        long epoch, int minimumCaughtUpStandbys, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var statement = DoltStatements.TransitionToStandby(epoch, minimumCaughtUpStandbys);
        return DoltStatements.ParseTransition(await ChangeRoleAsync(statement, deadline, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<bool> ResyncDatabaseAsync(string database, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(_clock, deadline);
        await UseAsync(database, budget.Remaining, cancellationToken);
        if ((await QueryAsync(DoltStatements.ListStaged, budget.Remaining, cancellationToken)).Rows.Count > 0)
            return false;
        await QueryAsync(DoltStatements.CommitEmpty, budget.Remaining, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task FlushPrivilegesAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        await QueryAsync(DoltStatements.FlushPrivileges, deadline, cancellationToken);

    /// <inheritdoc/>
    public async Task<long> ExecuteAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken) =>
        (await QueryAsync(statement, deadline, cancellationToken)).AffectedRows;

    /// <inheritdoc/>
    public async Task<SqlResult> QueryAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.QueryAsync(statement, deadline, cancellationToken);
        }
        catch (DoltException exception) when (exception.Code == UnknownDatabase && _hasCurrentDatabase)
        {
            // The session may stand in a database that somebody dropped.
            _invalidated = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<string> HashAsync(string database, DeadlineBudget budget, CancellationToken cancellationToken)
    {
        try
        {
            await UseAsync(database, ForOne(budget), cancellationToken);
        }
        catch (DoltException exception) when (exception.Code != UnknownDatabase)
        {
            // Dolt cannot open a database whose default branch is gone. That must hold up neither the others nor the cluster: where it is the same
            // database it says the same. A session that answers so to everything throws here.
            await ProbeAsync(budget, cancellationToken);
            return DoltStatements.Fingerprint(exception);
        }

        // What opens and cannot be hashed must not look equal anywhere: two servers that lack the function would say the same of different rows.
        var root = await HashCurrentAsync(database, budget, cancellationToken);
        return DoltStatements.Fingerprint(root, await QueryAsync(DoltStatements.ListBranches, ForOne(budget), cancellationToken));
    }

    /// <summary>Versions from before the middle of 2024 lack the function; the variable is the same root.</summary>
    private async Task<string> HashCurrentAsync(string database, DeadlineBudget budget, CancellationToken cancellationToken)
    {
        try
        {
            return DoltStatements.ParseSingleText(await QueryAsync(DoltStatements.HashDatabase, ForOne(budget), cancellationToken));
        }
        catch (DoltException exception) when (exception.Code != UnknownDatabase)
        {
            await ProbeAsync(budget, cancellationToken);
            return DoltStatements.ParseSingleText(await QueryAsync(DoltStatements.WorkingRoot(database), ForOne(budget), cancellationToken));
        }
    }

    private static TimeSpan ForOne(DeadlineBudget budget) => budget.Remaining < LongestReading ? budget.Remaining : LongestReading;

    /// <summary>Whether the session works at all; one that a role change ended is given up.</summary>
    private async Task ProbeAsync(DeadlineBudget budget, CancellationToken cancellationToken)
    {
        try
        {
            await QueryAsync(DoltStatements.Probe, budget.Remaining, cancellationToken);
        }
        catch (DoltException)
        {
            _invalidated = true;
            throw;
        }
    }

    private async Task UseAsync(string database, TimeSpan deadline, CancellationToken cancellationToken)
    {
        await QueryAsync(DoltStatements.Use(database), deadline, cancellationToken);
        _hasCurrentDatabase = true;
    }

    /// <summary>
    /// After a role change the server refuses every further statement of the session until it is reset. All others were closed, and their clients come back at
    /// once: where there are more of them than the server lets in, a new connection would have to wait behind them.
    /// </summary>
    private async Task<SqlResult> ChangeRoleAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(_clock, deadline);
        _invalidated = true;
        try
        {
            return await _connection.QueryAsync(statement, budget.Remaining, cancellationToken);
        }
        finally
        {
            if (_connection.IsOpen)
                await ReviveAsync(budget, cancellationToken);
        }
    }

    /// <summary>The statement that every session begins with is also the proof that this one takes statements again.</summary>
    private async Task ReviveAsync(DeadlineBudget budget, CancellationToken cancellationToken)
    {
        try
        {
            await _connection.ResetAsync(budget.Remaining, cancellationToken);
            await _connection.QueryAsync(DoltStatements.EnableAutocommit, budget.Remaining, cancellationToken);
            _invalidated = false;
        }
        catch (Exception exception) when (exception is DoltException or IOException or TimeoutException)
        {
            // It stays unusable, and whoever comes next gets another one.
        }
    }
}
