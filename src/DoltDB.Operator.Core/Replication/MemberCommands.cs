using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>What the operator tells servers about their roles. After every command the role is read back: on the same connection where that works again, else on a new one.</summary>
internal sealed class MemberCommands(DoltConnections connections, TimeProvider time)
{
    /// <summary>How long connecting and reading may take.</summary>
    private static readonly TimeSpan QueryDeadline = TimeSpan.FromSeconds(1);

    /// <summary>How long a promotion may take.</summary>
    private static readonly TimeSpan PromotionDeadline = TimeSpan.FromSeconds(5);

    /// <summary>Dolt itself waits up to 10 seconds for standbys that lag.</summary>
    private static readonly TimeSpan DrainDeadline = TimeSpan.FromSeconds(13);

    /// <summary>
    /// How long comparing two servers may take in all while writes are refused: as long as reading them before a hand-over may, or what can be read then could not be
    /// read in it.
    /// </summary>
    private static readonly TimeSpan CompareDeadline = TimeSpan.FromSeconds(10);

    /// <summary>How often two servers are compared: replication of the last write may still be on its way.</summary>
    private const int Comparisons = 3;

    private static readonly TimeSpan HealDeadline = TimeSpan.FromSeconds(10);

    /// <summary>The role, or null when the server cannot be asked.</summary>
    public async Task<DoltRoleReport?> ReadRoleAsync(DoltEndpoint? endpoint, CancellationToken cancellationToken)
    {
        if (endpoint is null)
            return null;
        try
        {
            await using var lease = await connections.GetAsync(endpoint, QueryDeadline, cancellationToken);
            return await lease.Server.ReadRoleAsync(QueryDeadline, cancellationToken);
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            return null;
        }
    }

    /// <summary>Makes the server primary at the epoch; returns why it did not become that, or null.</summary>
    public async Task<string?> PromoteAsync(DoltEndpoint endpoint, long epoch, CancellationToken cancellationToken)
    {
        string? failure = null;
        try
        {
            await using var lease = await connections.GetAsync(endpoint, QueryDeadline, cancellationToken);
            await lease.Server.AssumeRoleAsync(DoltRole.Primary, epoch, PromotionDeadline, cancellationToken);
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            // What the server is now is read below; its answer's text decides nothing.
            failure = exception.Message;
        }

        return await ReadRoleAsync(endpoint, cancellationToken) switch
        {
            { Role: DoltRole.Primary } role when role.Epoch >= epoch => null,
            { } role => failure ?? $"it reports {RoleNames.Of(role.Role)} at epoch {role.Epoch}",
            null => failure ?? "it does not answer any more",
        };
    }

    /// <summary>Asks the primary to become standby gracefully; returns what it says, or why it did not.</summary>
    public async Task<DrainResult> DrainAsync(DoltEndpoint endpoint, long epoch, int minimumCaughtUp, CancellationToken cancellationToken)
    {
        try
        {
            await using var lease = await connections.GetAsync(endpoint, QueryDeadline, cancellationToken);
            return new DrainResult(await lease.Server.TransitionToStandbyAsync(epoch, minimumCaughtUp, DrainDeadline, cancellationToken), null);
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            return new DrainResult([], exception.Message);
        }
    }

    /// <summary>Whether the server holds all databases of the other, row for row, and the same accounts; null when one of them could not be read.</summary>
    public async Task<bool?> HoldsAllOfAsync(DoltEndpoint server, DoltEndpoint other, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        bool? holds = null;
        for (var i = 0; i < Comparisons && holds != true && time.GetElapsedTime(began) < CompareDeadline; i++)
            holds = await CompareAsync(server, other, began, cancellationToken);
        return holds;
    }

    private async Task<bool?> CompareAsync(DoltEndpoint server, DoltEndpoint other, long began, CancellationToken cancellationToken)
    {
        try
        {
            var contents = await Task.WhenAll(ReadAsync(other, began, cancellationToken), ReadAsync(server, began, cancellationToken));
            var (first, second) = (contents[0], contents[1]);
            return first.Accounts == second.Accounts
                && first.Databases.All(pair => second.Databases.TryGetValue(pair.Key, out var hash) && hash == pair.Value);
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Makes the primary send again what a standby lacks, where it believes that the standby has everything: what is on its way comes by itself. Returns whether
    /// anything is sent again, and what was in the way, or null.
    /// </summary>
    public async Task<(bool IsSent, string? Failure)> HealAsync(DoltEndpoint primary, IReadOnlyList<string> databases, bool accounts, string standby, CancellationToken cancellationToken)
    {
        try
        {
            await using var lease = await connections.GetAsync(primary, QueryDeadline, cancellationToken);
            var rows = await lease.Server.ReadReplicationStatusAsync(QueryDeadline, cancellationToken);
            var busy = new List<string>();
            var isSent = accounts;
            foreach (var database in databases.Where(database => rows.Any(row => row.Database == database && row.StandbyRemote == standby && row is { ReplicationLagMillis: 0, CurrentError: null })))
            {
                if (await lease.Server.ResyncDatabaseAsync(database, HealDeadline, cancellationToken))
                    isSent = true;
                else
                    busy.Add(database);
            }

            if (accounts)
                await lease.Server.FlushPrivilegesAsync(HealDeadline, cancellationToken);
            return (isSent, busy.Count == 0 ? null : $"a commit would send it again, but changes are staged in {string.Join(", ", busy)}, which it would take along: commit or reset them");
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            return (false, exception.Message);
        }
    }

    /// <summary>
    /// Sets variables of a running server, and reads what it has then: one that is set and reads otherwise was not taken. Returns that, and why which were not taken.
    /// </summary>
    public async Task<VariablesResult> SetVariablesAsync(
        DoltEndpoint endpoint, bool isMember, IReadOnlyDictionary<DoltVariable, string> values, CancellationToken cancellationToken)
    {
        var refused = new Dictionary<DoltVariable, string>();
        try
        {
            await using var lease = await connections.GetAsync(endpoint, QueryDeadline, cancellationToken);
            foreach (var (variable, value) in values)
            {
                try
                {
                    await lease.Server.SetVariableAsync(variable, value, QueryDeadline, cancellationToken);
                }
                catch (DoltException exception)
                {
                    refused[variable] = exception.Message;
                }
            }

            var now = await lease.Server.ReadVariablesAsync(isMember, QueryDeadline, cancellationToken);
            foreach (var (variable, value) in values.Where(pair => now.Of(pair.Key) != pair.Value))
                refused.TryAdd(variable, $"it was set to {value} and is {now.Of(variable) ?? "not known"}");
            return new VariablesResult(now, refused);
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            foreach (var variable in values.Keys)
                refused.TryAdd(variable, exception.Message);
            return new VariablesResult(null, refused);
        }
    }

    /// <summary>Makes an account of that name and password the administrator; returns why it could not, or null.</summary>
    public Task<string?> SetAdministratorAsync(DoltEndpoint endpoint, string user, string password, CancellationToken cancellationToken) =>
        TryAsync(endpoint, server => server.SetAdministratorAsync(user, password, PromotionDeadline, cancellationToken), cancellationToken);

    private async Task<string?> TryAsync(DoltEndpoint endpoint, Func<IDoltServer, Task> command, CancellationToken cancellationToken)
    {
        try
        {
            await using var lease = await connections.GetAsync(endpoint, QueryDeadline, cancellationToken);
            await command(lease.Server);
            return null;
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            return exception.Message;
        }
    }

    private async Task<(IReadOnlyDictionary<string, string> Databases, string Accounts)> ReadAsync(DoltEndpoint endpoint, long began, CancellationToken cancellationToken)
    {
        await using var lease = await connections.GetAsync(endpoint, QueryDeadline, cancellationToken);
        var databases = await lease.Server.HashDatabasesAsync(LeftToCompare(began), cancellationToken);
        return (databases, await lease.Server.HashAccountsAsync(LeftToCompare(began), cancellationToken));
    }

    private TimeSpan LeftToCompare(long began) => CompareDeadline - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero
        ? left
        : throw new TimeoutException($"the servers could not be compared within {CompareDeadline.TotalSeconds:0} s");

    private static bool IsOfServer(Exception exception) => exception is DoltException or IOException or TimeoutException;
}

/// <summary>The answer to a drain: the rows of Dolt, or why there are none.</summary>
internal sealed record DrainResult(IReadOnlyList<DoltTransitionRow> Rows, string? Failure);

/// <summary>What a server has after it was told.</summary>
/// <param name="Now">All of it; null when it could not be read.</param>
/// <param name="Refused">Why which variables were not taken.</param>
internal sealed record VariablesResult(RunningVariables? Now, IReadOnlyDictionary<DoltVariable, string> Refused);
