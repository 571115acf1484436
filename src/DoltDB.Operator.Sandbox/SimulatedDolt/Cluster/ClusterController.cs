using System.Collections.Immutable;
using System.Globalization;
using DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;
using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;

/// <summary>Role and epoch of one server, and what follows from a change of them. Everything here is guarded by the engine's gate.</summary>
internal sealed partial class ClusterController : IReplicationPeer
{
    private readonly DoltEngine _engine;
    private readonly ClusterConfig _config;
    private readonly SimulatedNetwork _network;
    private readonly string _hostName;
    private readonly ImmutableArray<StandbyLink> _links;

    /// <summary>Restored databases: standbys are given this empty value in place of the content until the next commit.</summary>
    private readonly Dictionary<string, Database> _unreplicated = new(StringComparer.OrdinalIgnoreCase);

    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _generation;
    private bool _draining;

    public ClusterController(DoltEngine engine, ClusterConfig config, SimulatedNetwork network, string hostName)
    {
        (_engine, _config, _network, _hostName) = (engine, config, network, hostName);
        _links = [.. config.Standbys.Select(s => new StandbyLink(s))];
        var role = ClusterRoles.Parse(engine.GlobalConfig[GlobalConfig.RoleKey] ?? "");
        var epoch = engine.GlobalConfig[GlobalConfig.EpochKey];
        Role = role ?? ClusterRoles.Parse(config.BootstrapRole)!.Value;
        Epoch = epoch is null ? config.BootstrapEpoch : long.Parse(epoch, CultureInfo.InvariantCulture);
        Persist();
        ResetLinks();
    }

    public ClusterRole Role { get; private set; }

    public long Epoch { get; private set; }

    public int RemotesApiPort => _config.RemotesApiPort;

    public Task Running => _engine.Running;

    /// <summary>Whether this server takes writes at the moment.</summary>
    public bool IsWritable => Role == ClusterRole.Primary && !_draining;

    private ImmutableSortedDictionary<string, Database> Databases => _engine.Databases.All;

    /// <inheritdoc/>
    public ReplicationReply Receive(ReplicationBatch batch)
    {
        lock (_engine.Gate)
        {
            if (_engine.IsStopped) return new ReplicationReply(false, ClusterRole.Standby, 0);
            if (Role != ClusterRole.Standby && batch.Epoch <= Epoch)
            {
                var reply = new ReplicationReply(false, Role, Epoch);
                if (Role == ClusterRole.Primary && batch.Epoch == Epoch) ChangeRole(ClusterRole.DetectedBrokenConfig, Epoch, caller: null);
                return reply;
            }

            if (Role != ClusterRole.Standby) ChangeRole(ClusterRole.Standby, batch.Epoch, caller: null);
            else if (batch.Epoch > Epoch) SetEpoch(batch.Epoch);
            _engine.StoreReplicated(batch);
            return new ReplicationReply(true, Role, Epoch);
        }
    }

    /// <summary>A sender learns from the reply that it is not the only primary.</summary>
    private void LearnFrom(ReplicationReply reply)
    {
        if (reply.Accepted || Role != ClusterRole.Primary) return;
        if (reply.Role == ClusterRole.Primary && reply.Epoch > Epoch) ChangeRole(ClusterRole.Standby, reply.Epoch, caller: null);
        else if (reply.Role != ClusterRole.Standby && reply.Epoch >= Epoch) ChangeRole(ClusterRole.DetectedBrokenConfig, reply.Epoch, caller: null);
    }

    private void ChangeRole(ClusterRole role, long epoch, Session? caller)
    {
        _engine.Log($"cluster role changes from {Role.ToSql()}@{Epoch} to {role.ToSql()}@{epoch}");
        (Role, Epoch) = (role, epoch);
        _draining = false;
        Persist();
        ResetLinks();
        _engine.Sessions.KillAll(except: caller);
        if (caller is not null) caller.IsInvalidated = true;
        SignalProgress();
        if (role == ClusterRole.Primary) KickAll();
    }

    private void SetEpoch(long epoch)
    {
        Epoch = epoch;
        Persist();
    }

    private void Persist() => _engine.GlobalConfig.Set(
        (GlobalConfig.RoleKey, Role.ToSql()), (GlobalConfig.EpochKey, Epoch.ToString(CultureInfo.InvariantCulture)));

    private void ResetLinks()
    {
        _generation++;
        _unreplicated.Clear();
        foreach (var link in _links) link.Reset(_engine.Clock.GetUtcNow(), Databases.Keys);
    }

    private void SignalProgress()
    {
        var reached = _progress;
        _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reached.TrySetResult();
    }

    /// <summary>Waits, without the gate, until the condition holds under the gate; false after the limit.</summary>
    private async Task<bool> WaitUntilAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var deadline = _engine.Clock.GetUtcNow() + limit;
        while (true)
        {
            Task progress;
            lock (_engine.Gate)
            {
                if (condition()) return true;
                progress = _progress.Task;
            }

            var left = deadline - _engine.Clock.GetUtcNow();
            if (left <= TimeSpan.Zero) return false;
            if (await progress.CompletesWithinAsync(left, _engine.Clock, cancellationToken)) continue;
            lock (_engine.Gate) return condition();
        }
    }
}
