using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;

/// <summary>A row of dolt_cluster.dolt_cluster_status.</summary>
internal sealed record StatusRow(
    string Database, string Remote, ClusterRole Role, long Epoch, long? LagMillis, DateTime? LastUpdate, string? Error);

/// <summary>Pushing to the standbys: at once after a change, and with every heartbeat.</summary>
internal sealed partial class ClusterController
{
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(1);

    /// <summary>An unreachable standby is reported only after this long.</summary>
    private static readonly TimeSpan ErrorPatience = TimeSpan.FromSeconds(6.5);

    private static readonly TimeSpan LastPushLimit = TimeSpan.FromSeconds(7.5);

    /// <summary>Sends heartbeats while this server is primary; ends with the token.</summary>
    public async Task RunHeartbeatAsync(CancellationToken cancellationToken)
    {
        lock (_engine.Gate)
            if (Role == ClusterRole.Primary) KickAll();
        using var timer = new PeriodicTimer(HeartbeatPeriod, _engine.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (!_engine.Running.IsCompleted) continue;
            lock (_engine.Gate)
                if (Role == ClusterRole.Primary) KickAll();
        }
    }

    /// <summary>A transaction or a Dolt commit changed the database.</summary>
    public void DatabaseChanged(string name)
    {
        _unreplicated.Remove(name);
        foreach (var link in _links)
        {
            link.PendingDrops.Remove(name);
            if (!link.Databases.TryGetValue(name, out var database)) link.Databases[name] = database = new DatabaseLink { PendingSince = Now };
            else if (database.PendingSince == default) database.PendingSince = Now;
        }

        KickAll();
    }

    public void DatabaseDropped(string name)
    {
        _unreplicated.Remove(name);
        foreach (var link in _links)
        {
            link.Databases.Remove(name);
            link.PendingDrops.Add(name);
        }

        KickAll();
    }

    /// <summary>DOLT_BACKUP('restore') bypasses replication: standbys get an empty database until the next commit in it.</summary>
    public void DatabaseRestored(string name)
    {
        DatabaseChanged(name);
        _unreplicated[name] = Database.Create(name, Now.UtcDateTime);
    }

    public void AccountsChanged() => KickAll();

    /// <summary>Whether a standby lacks something and the last attempt to give it failed: shutdown then takes a last long try.</summary>
    public bool HasUnreplicatedWrites => Role == ClusterRole.Primary && !_links.All(IsCaughtUp);

    public Task FlushBeforeExitAsync(CancellationToken cancellationToken) => WaitUntilAsync(() => !HasUnreplicatedWrites, LastPushLimit, cancellationToken);

    /// <summary>Waits until every standby has the database; returns how many of them do not have it in time.</summary>
    public async Task<int> WaitForReplicasAsync(string name, TimeSpan limit, CancellationToken cancellationToken)
    {
        bool Missing(StandbyLink link) => link.Databases.TryGetValue(name, out var database) && !IsCaughtUp(name, database);
        await WaitUntilAsync(() => _links.All(link => !Missing(link) || link.Databases[name].GaveUpWaiting), limit, cancellationToken);
        lock (_engine.Gate)
        {
            var late = _links.Where(Missing).ToList();
            foreach (var link in late) link.Databases[name].GaveUpWaiting = true;
            return late.Count;
        }
    }

    public int StandbyCount => _links.Length;

    public IEnumerable<StatusRow> DescribeStatus()
    {
        foreach (var name in Databases.Keys)
            foreach (var link in _links)
            {
                var database = link.Databases.GetValueOrDefault(name);
                var reports = Role == ClusterRole.Primary && database is not null;
                yield return new StatusRow(
                    name, link.Remote.Name, Role, Epoch, reports ? LagOf(name, database!) : null, reports ? database!.LastSuccess?.UtcDateTime : null,
                    reports ? ErrorOf(name, link, database!) : null);
            }
    }

    private DateTimeOffset Now => _engine.Clock.GetUtcNow();

    private long? LagOf(string name, DatabaseLink database)
    {
        if (database.LastSuccess is null) return null;
        return IsCaughtUp(name, database) ? 0 : (long)(Now - database.PendingSince).TotalMilliseconds;
    }

    private string? ErrorOf(string name, StandbyLink link, DatabaseLink database) =>
        !IsCaughtUp(name, database) && link.LastAttemptFailed && Now - database.PendingSince >= ErrorPatience ? database.Error : null;

    private bool IsCaughtUp(StandbyLink link) =>
        ReferenceEquals(link.PushedAccounts, _engine.Accounts) && link.PendingDrops.Count == 0 && link.Databases.All(d => IsCaughtUp(d.Key, d.Value));

    private bool IsCaughtUp(string name, DatabaseLink link) => link.Pushed is not null && ReferenceEquals(link.Pushed, ValueToPush(name));

    private Database? ValueToPush(string name) => _unreplicated.GetValueOrDefault(name) ?? Databases.GetValueOrDefault(name);

    private void KickAll()
    {
        if (_engine.IsStopped) return;
        foreach (var link in _links) Kick(link);
    }

    private void Kick(StandbyLink link)
    {
        if (link.Sending)
        {
            link.SendAgain = true;
            return;
        }

        link.Sending = true;
        _ = SendLoopAsync(link);
    }

    private async Task SendLoopAsync(StandbyLink link)
    {
        // The caller holds the gate.
        await Task.Yield();
        try
        {
            while (await SendOnceAsync(link))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    /// <summary>Sends everything that the standby lacks; true when more came up in the meantime, else somebody else may begin to send.</summary>
    private async Task<bool> SendOnceAsync(StandbyLink link)
    {
        ReplicationBatch batch;
        int generation;
        await _engine.Running;
        lock (_engine.Gate)
        {
            link.SendAgain = false;
            if (Role != ClusterRole.Primary || _engine.IsStopped) return link.Sending = false;
            generation = _generation;
            batch = Collect(link);
        }

        var (reply, error) = await _network.SendAsync(_hostName, link.Remote.Address, batch, _engine.Stopped);
        lock (_engine.Gate)
        {
            if (generation != _generation) return link.Sending = Role == ClusterRole.Primary;
            if (reply is null) MarkFailed(link, error!);
            else if (reply.Value.Accepted) MarkPushed(link, batch);
            else LearnFrom(reply.Value);
            return link.Sending = link.SendAgain && reply is { Accepted: true };
        }
    }

    private ReplicationBatch Collect(StandbyLink link) => new()
    {
        Epoch = Epoch,
        Names = [.. Databases.Keys],
        Drops = [.. link.PendingDrops],
        Accounts = ReferenceEquals(link.PushedAccounts, _engine.Accounts) ? null : _engine.Accounts,
        Databases = [.. link.Databases
            .Where(d => !IsCaughtUp(d.Key, d.Value) && ValueToPush(d.Key) is not null)
            .Select(d => _engine.Databases.DescribePush(d.Value.Pushed, ValueToPush(d.Key)!))],
    };

    private static void MarkFailed(StandbyLink link, string error)
    {
        link.LastAttemptFailed = true;
        foreach (var database in link.Databases.Values) database.Error = error;
    }

    private void MarkPushed(StandbyLink link, ReplicationBatch batch)
    {
        link.LastAttemptFailed = false;
        foreach (var name in batch.Drops) link.PendingDrops.Remove(name);
        if (batch.Accounts is { } accounts) link.PushedAccounts = accounts;
        foreach (var push in batch.Databases)
        {
            if (!link.Databases.TryGetValue(push.Value.Name, out var database)) continue;
            database.Pushed = push.Value;
            database.LastSuccess = Now;
            database.Error = null;
            database.GaveUpWaiting = false;
            database.PendingSince = IsCaughtUp(push.Value.Name, database) ? default : Now;
        }

        if (!batch.IsHeartbeat) SignalProgress();
    }
}
