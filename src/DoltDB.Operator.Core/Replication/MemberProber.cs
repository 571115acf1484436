using System.Collections.Concurrent;
using System.Collections.Immutable;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>Where a server is asked, and which incarnation of its pod that is.</summary>
internal sealed record ProbeTarget(int Ordinal, string? PodUid, DoltEndpoint? Endpoint);

/// <summary>How servers are probed.</summary>
internal sealed record MemberProberOptions
{
    /// <summary>How long a server may take to accept a connection and answer.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a pass waits for a server that did not answer last time: one dead server must not slow the others down.</summary>
    public TimeSpan PatienceWithSilent { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>For how long a proof of accounts stands for itself while nothing is going on: they change seldom and cost two more statements.</summary>
    public TimeSpan AccountsLifetime { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>For how long what a primary said of its standbys stands.</summary>
    public TimeSpan LagLifetime { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>For how long a proof of content stands for itself while nothing is going on.</summary>
    public TimeSpan ContentLifetime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long reading the content of a server may take.</summary>
    public TimeSpan ContentDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When the content of a server that could not be read is asked for again.</summary>
    public TimeSpan ContentRetry { get; init; } = TimeSpan.FromSeconds(3);
}

/// <summary>
/// Asks servers for their role and content, all at once, and remembers since when one does not answer. Probes of a silent server go on
/// in the background: its answer is used by the pass after it.
/// </summary>
internal sealed class MemberProber(DoltConnections connections, MemberProberOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(NamespacedName Cluster, int Ordinal), Memory> memories = new();

    /// <summary>Probes the servers; <paramref name="wantsContent"/> also reads what they hold when the last proof is too old.</summary>
    public async Task<ImmutableDictionary<int, MemberProbe>> ProbeAsync(
        NamespacedName cluster, IReadOnlyList<ProbeTarget> targets, ContentNeed wantsContent, CancellationToken cancellationToken)
    {
        // One time for all: what two servers answered in one pass is of one moment.
        var now = time.GetUtcNow();
        var probes = await Task.WhenAll(targets.Select(target => ProbeAsync(cluster, target, wantsContent, now, cancellationToken)));
        return targets.Zip(probes).ToImmutableDictionary(pair => pair.First.Ordinal, pair => pair.Second);
    }

    /// <summary>Forgets a cluster that is gone.</summary>
    public void Forget(NamespacedName cluster)
    {
        foreach (var key in memories.Keys.Where(key => key.Cluster == cluster))
            memories.TryRemove(key, out _);
    }

    private async Task<MemberProbe> ProbeAsync(NamespacedName cluster, ProbeTarget target, ContentNeed need, DateTimeOffset asked, CancellationToken cancellationToken)
    {
        var memory = memories.GetOrAdd((cluster, target.Ordinal), static _ => new Memory());
        if (memory.PodUid != target.PodUid)
            memory.Renew(target.PodUid);
        if (target.Endpoint is not { } endpoint)
            return memory.Fail(target.PodUid, asked, target.PodUid is null ? "there is no pod" : "the pod has no address yet");
        if (memory.Running is { } earlier)
        {
            // A probe that an earlier pass did not wait for.
            if (await IsLateAsync(memory, earlier, cancellationToken))
                return memory.Last;
            await earlier.WaitAsync(cancellationToken);
        }

        var running = memory.Running = AskAsync(memory, target.PodUid, endpoint, need, asked);
        if (await IsLateAsync(memory, running, cancellationToken))
            return memory.Last;
        await running.WaitAsync(cancellationToken);
        memory.Running = null;
        return memory.Last;
    }

    private async Task<bool> IsLateAsync(Memory memory, Task running, CancellationToken cancellationToken) =>
        memory.Last.AwaySince is not null && !running.IsCompleted
        && await Task.WhenAny(running, Task.Delay(options.PatienceWithSilent, time, cancellationToken)) != running;

    private async Task AskAsync(Memory memory, string? podUid, DoltEndpoint endpoint, ContentNeed need, DateTimeOffset asked)
    {
        try
        {
            // Not the pass's token: an answer that is late for this pass serves the next.
            await using var lease = await connections.GetAsync(endpoint, options.Deadline, CancellationToken.None);
            var role = await lease.Server.ReadRoleAsync(options.Deadline, CancellationToken.None);
            memory.Store(podUid, await DescribeAsync(lease.Server, memory, need, role, asked));
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            memory.Fail(podUid, asked, exception.Message, exception is DoltException { IsAccessDenied: true });
        }
    }

    /// <summary>A server that tells its role is there, also when what it holds takes it too long or cannot be read: nobody replaces it for that.</summary>
    private async Task<MemberProbe> DescribeAsync(IDoltServer server, Memory memory, ContentNeed need, DoltRoleReport role, DateTimeOffset asked)
    {
        var last = memory.Last;
        var probe = new MemberProbe
        {
            IsReachable = true,
            Role = role.Role,
            Epoch = role.Epoch,
            EngineVersion = last.EngineVersion,
            Content = last.Content,
            ContentError = last.ContentError,
            Replication = role.Role == DoltRole.Primary ? last.Replication : null,
            AckWritesTimeout = last.AckWritesTimeout,
        };
        try
        {
            probe = probe with { EngineVersion = last.EngineVersion ?? await server.ReadEngineVersionAsync(options.Deadline, CancellationToken.None) };
            if (role.Role == DoltRole.Primary)
                probe = probe with { Replication = await ReadLagAsync(server, memory, asked) };
            if (!NeedsContent(need, memory, role, asked) && !HasNewDatabase(probe.Replication, last.Content))
                return probe;
            var (content, ackTimeout) = await ReadContentAsync(server, memory, need, role, asked);
            memory.ContentFailed = null;
            return probe with { Content = content, ContentError = null, AckWritesTimeout = ackTimeout };
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            memory.ContentFailed = asked;
            return probe with { Content = null, ContentError = exception.Message };
        }
    }

    private static bool IsOfServer(Exception exception) => exception is DoltException or IOException or TimeoutException or ObjectDisposedException;

    /// <summary>Whether the primary replicates a database that was not there when its content was read: until it is known nobody asks a candidate for it.</summary>
    private static bool HasNewDatabase(ImmutableDictionary<string, ReplicationLag>? replication, ContentProof? content) =>
        content is not null && replication?.Values.Any(row => !row.Databases.IsSubsetOf(content.Databases.Keys)) == true;

    /// <summary>What the primary says of its standbys: of every third probe, because it says little while all is well.</summary>
    private async Task<ImmutableDictionary<string, ReplicationLag>> ReadLagAsync(IDoltServer server, Memory memory, DateTimeOffset now)
    {
        if (memory.Last is { Role: DoltRole.Primary, Replication: { } last } && now - memory.LagRead < options.LagLifetime)
            return last;
        memory.LagRead = now;
        return ReplicationLag.Of(await server.ReadReplicationStatusAsync(options.Deadline, CancellationToken.None));
    }

    /// <summary>A server that could not tell is not asked again at once: trying may take it long, and its role has to be known each second.</summary>
    private bool NeedsContent(ContentNeed need, Memory memory, DoltRoleReport role, DateTimeOffset now)
    {
        if (memory.ContentFailed is { } failed && now - failed < options.ContentRetry)
            return false;
        return need switch
        {
            ContentNeed.Now => true,
            ContentNeed.Recent => role.Role != DoltRole.None && (memory.Last.Content is not { } last || now - last.Time >= options.ContentLifetime),
            _ => false,
        };
    }

    /// <summary>Reads what the server holds; accounts, and what it was told while it ran, only now and then or when asked for this moment.</summary>
    private async Task<(ContentProof Content, int? AckWritesTimeout)> ReadContentAsync(IDoltServer server, Memory memory, ContentNeed need, DoltRoleReport role, DateTimeOffset asked)
    {
        var (last, ackTimeout) = (memory.Last.Content, memory.Last.AckWritesTimeout);
        var accounts = need == ContentNeed.Recent && asked - memory.AccountsRead < options.AccountsLifetime ? last?.Accounts : null;
        if (accounts is null)
        {
            memory.AccountsRead = asked;
            accounts = await server.HashAccountsAsync(options.ContentDeadline, CancellationToken.None);
            ackTimeout = role.Role == DoltRole.None ? null : await server.ReadAckWritesTimeoutAsync(options.Deadline, CancellationToken.None);
        }

        var databases = await server.HashDatabasesAsync(options.ContentDeadline, CancellationToken.None);
        var proof = new ContentProof(asked, asked, databases.ToImmutableSortedDictionary(StringComparer.Ordinal), accounts);
        if (last is not null && last.IsSameAs(proof))
            proof = proof with { Since = last.Since };
        return (Following(proof, memory.Last, role), ackTimeout);
    }

    /// <summary>Remembers which databases moved since the reading before, as long as role and epoch stay.</summary>
    private static ContentProof Following(ContentProof now, MemberProbe before, DoltRoleReport role)
    {
        if (role.Role != DoltRole.Standby || before.Content is not { } old || before.Role != role.Role || before.Epoch != role.Epoch)
            return now;
        var moved = now.Databases.Where(pair => old.Databases.TryGetValue(pair.Key, out var hash) && hash != pair.Value).Select(pair => pair.Key).ToList();
        return now with { Moved = old.Moved.Union(moved), Moves = moved.Count > 0 ? [.. old.Moves.TakeLast(ContentProof.MostMoves - 1), now.Time] : old.Moves };
    }

    private sealed class Memory
    {
        public string? PodUid { get; private set; }

        public MemberProbe Last { get; private set; } = MemberProbe.Unknown;

        public Task? Running { get; set; }

        public DateTimeOffset LagRead { get; set; }

        public DateTimeOffset AccountsRead { get; set; }

        /// <summary>When the content could not be read; null when it could.</summary>
        public DateTimeOffset? ContentFailed { get; set; }

        /// <summary>Another incarnation of the pod: what the old one held and answered says nothing, but the ordinal is away since it was.</summary>
        public void Renew(string? podUid)
        {
            PodUid = podUid;
            Running = null;
            ContentFailed = null;
            Last = new MemberProbe { AwaySince = Last.AwaySince, Failures = Last.Failures };
        }

        /// <summary>Keeps an answer, unless it is of an earlier incarnation.</summary>
        public void Store(string? podUid, MemberProbe probe)
        {
            if (podUid == PodUid)
                Last = probe;
        }

        public MemberProbe Fail(string? podUid, DateTimeOffset asked, string error, bool isAccessDenied = false)
        {
            Store(podUid, new MemberProbe { AwaySince = Last.AwaySince ?? asked, Failures = Last.Failures + 1, Error = error, IsAccessDenied = isAccessDenied, Replication = Last.Replication });
            return Last;
        }
    }
}

/// <summary>How much a pass needs to know of what the servers hold.</summary>
internal enum ContentNeed
{
    /// <summary>Roles only.</summary>
    None,

    /// <summary>A proof that is not too old.</summary>
    Recent,

    /// <summary>A proof of this moment.</summary>
    Now,
}
