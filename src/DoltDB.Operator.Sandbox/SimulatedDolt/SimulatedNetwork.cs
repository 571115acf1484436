using System.Collections.Concurrent;
using DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Sandbox.SimulatedDolt;

/// <summary>
/// Carries replication between simulated servers, in process. Servers are known by the host names that <c>remote_url_template</c> uses.
/// Links can be cut and delayed in one direction. Client connections do not pass through here.
/// </summary>
public sealed class SimulatedNetwork
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, IReplicationPeer> _peers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<(string From, string To), LinkFault> _faults = new();
    private readonly TimeProvider _clock;

    /// <summary>Creates a network without servers and faults.</summary>
    public SimulatedNetwork(TimeProvider clock) => _clock = clock;

    /// <summary>Nothing that <paramref name="from"/> sends reaches <paramref name="to"/> until <see cref="Heal"/>.</summary>
    public void Cut(string from, string to) => Update(from, to, fault => fault with { Cut = true });

    /// <summary>Removes cut and delay of one direction.</summary>
    public void Heal(string from, string to) => _faults.TryRemove(Key(from, to), out _);

    /// <summary>Each message of one direction takes that much longer: replication lag.</summary>
    public void Delay(string from, string to, TimeSpan delay) => Update(from, to, fault => fault with { Delay = delay });

    /// <summary>Removes every fault.</summary>
    public void HealAll() => _faults.Clear();

    internal void Register(string hostName, IReplicationPeer peer) => _peers[hostName] = peer;

    internal void Unregister(string hostName, IReplicationPeer peer) => _peers.TryRemove(KeyValuePair.Create(hostName, peer));

    /// <summary>Delivers a batch. A missing reply comes with the reason.</summary>
    internal async Task<(ReplicationReply? Reply, string? Error)> SendAsync(string from, Uri to, ReplicationBatch batch, CancellationToken cancellationToken)
    {
        var key = Key(from, to.Host);
        if (_faults.GetValueOrDefault(key) is { Delay.Ticks: > 0 } slow) await Task.Delay(slow.Delay, _clock, cancellationToken);
        if (_faults.GetValueOrDefault(key) is { Cut: true }) return (null, Unavailable($"dial tcp: lookup {to.Host}: i/o timeout"));
        if (!_peers.TryGetValue(to.Host, out var peer) || peer.RemotesApiPort != to.Port)
            return (null, Unavailable($"dial tcp {to.Host}:{to.Port}: connect: connection refused"));
        return await peer.Running.CompletesWithinAsync(AnswerLimit, _clock, cancellationToken)
            ? (peer.Receive(batch), null)
            : (null, "rpc error: code = DeadlineExceeded desc = context deadline exceeded");
    }

    private static string Unavailable(string cause) =>
        $"rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: {cause}\"";

    private static (string From, string To) Key(string from, string to) => (from.ToLowerInvariant(), to.ToLowerInvariant());

    private void Update(string from, string to, Func<LinkFault, LinkFault> change) =>
        _faults.AddOrUpdate(Key(from, to), _ => change(new LinkFault(false, TimeSpan.Zero)), (_, old) => change(old));

    private sealed record LinkFault(bool Cut, TimeSpan Delay);
}
