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

    /// <summary>How long a pass waits for content that it can do without: what comes later is for the passes after it.</summary>
    public TimeSpan ContentPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a pass waits for content that it is about to decide on.</summary>
    public TimeSpan NeededContentPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long reading the content of a server may take.</summary>
    public TimeSpan ContentDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When the content of a server that could not be read is asked for again.</summary>
    public TimeSpan ContentRetry { get; init; } = TimeSpan.FromSeconds(3);
}

/// <summary>
/// Asks servers for their role and content, all at once, and remembers since when one does not answer. Probes of a silent server go on
/// in the background: its answer is used by the pass after it. So does reading what a server holds that takes long: the role is asked for every second.
/// </summary>
internal sealed class MemberProber(DoltConnections connections, MemberProberOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(NamespacedName Cluster, int Ordinal), MemberMemory> memories = new();

    /// <summary>Probes the servers; <paramref name="wantsContent"/> also reads what they hold when the last proof is too old.</summary>
    public async Task<ImmutableDictionary<int, MemberProbe>> ProbeAsync(
        NamespacedName cluster, IReadOnlyList<ProbeTarget> targets, ContentNeed wantsContent, CancellationToken cancellationToken)
    {
        // One time for all: what two servers answered in one pass is of one moment.
        var now = time.GetUtcNow();
        var probes = await Task.WhenAll(targets.Select(target => ProbeAsync(cluster, target, wantsContent, now, cancellationToken)));
        return targets.Zip(probes).ToImmutableDictionary(pair => pair.First.Ordinal, pair => pair.Second);
    }

    /// <summary>What a server has after it was told: the next reading may be long from now.</summary>
    public void Learn(NamespacedName cluster, int ordinal, string? podUid, RunningVariables variables)
    {
        if (memories.TryGetValue((cluster, ordinal), out var memory))
            memory.Learn(podUid, variables);
    }

    /// <summary>Forgets a cluster that is gone.</summary>
    public void Forget(NamespacedName cluster)
    {
        foreach (var key in memories.Keys.Where(key => key.Cluster == cluster))
            memories.TryRemove(key, out _);
    }

    private async Task<MemberProbe> ProbeAsync(NamespacedName cluster, ProbeTarget target, ContentNeed need, DateTimeOffset asked, CancellationToken cancellationToken)
    {
        var memory = memories.GetOrAdd((cluster, target.Ordinal), static _ => new MemberMemory());
        memory.Renew(target.PodUid);
        if (target.Endpoint is not { } endpoint)
            return memory.Fail(target.PodUid, asked, target.PodUid is null ? "there is no pod" : "the pod has no address yet");
        if (memory.Running is { } earlier)
        {
            // A probe that an earlier pass did not wait for.
            if (await IsLateAsync(memory, earlier, cancellationToken))
                return memory.Last;
            await EndAsync(memory, earlier, cancellationToken);
        }

        var running = memory.Running = AskAsync(memory, target.PodUid, endpoint, need, asked);
        if (await IsLateAsync(memory, running, cancellationToken))
            return memory.Last;
        await EndAsync(memory, running, cancellationToken);
        return need == ContentNeed.Now && memory is { IsReading: true, Last: { IsReachable: true } last }
            ? last with { Content = null, ContentError = "what it holds is still being read" }
            : memory.Last;
    }

    /// <summary>Waits for the probe, and leaves it behind however it ended: one that failed in a way that nobody foresaw must not fail every pass after it.</summary>
    private static async Task EndAsync(MemberMemory memory, Task probe, CancellationToken cancellationToken)
    {
        try
        {
            await probe.WaitAsync(cancellationToken);
        }
        finally
        {
            if (probe.IsCompleted)
                memory.Running = null;
        }
    }

    private async Task<bool> IsLateAsync(MemberMemory memory, Task running, CancellationToken cancellationToken) =>
        memory.Last.AwaySince is not null && !running.IsCompleted
        && await Task.WhenAny(running, Task.Delay(options.PatienceWithSilent, time, cancellationToken)) != running;

    private async Task AskAsync(MemberMemory memory, string? podUid, DoltEndpoint endpoint, ContentNeed need, DateTimeOffset asked)
    {
        try
        {
            // Not the pass's token: an answer that is late for this pass serves the next.
            var lease = await connections.GetAsync(endpoint, options.Deadline, CancellationToken.None);
            var isHandedOn = false;
            try
            {
                var role = await lease.Server.ReadRoleAsync(options.Deadline, CancellationToken.None);
                var (before, now) = memory.Answer(podUid, role, asked, lease.LetsNobodyIn);
                if (await DescribeAsync(lease.Server, memory, podUid, need, role, before, now, asked) && memory.IsOf(podUid))
                {
                    isHandedOn = true;
                    (memory.Reading, memory.ReadingSince) = (ReadContentAsync(lease, memory, podUid, need, role, before, asked), asked);
                }
            }
            finally
            {
                if (!isHandedOn)
                    await lease.DisposeAsync();
            }

            if (memory.IsReading)
                await AwaitReadingAsync(memory, isHandedOn ? lease : null, need, asked);
        }
        catch (Exception exception) when (memory.IsReading && exception is DoltException or NoGreetingException or NotAdmittedException)
        {
            // A server that lets nobody else in while the one connection is busy (it has as many as it may have) is there. One that stands still ends the reading soon.
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            memory.Fail(podUid, asked, exception.Message, exception is DoltException { IsAccessDenied: true }, exception is NotAdmittedException or DoltException { IsTooManyConnections: true });
        }
    }

    /// <summary>
    /// Waits for what the server holds, not for long: the role is what a failover depends on. The connection stays with a reading that takes longer, and the next
    /// probe gets another one.
    /// </summary>
    private async Task AwaitReadingAsync(MemberMemory memory, DoltLease? lease, ContentNeed need, DateTimeOffset asked)
    {
        var patience = memory.ReadingSince + (need == ContentNeed.Now ? options.NeededContentPatience : options.ContentPatience) - asked;
        if (memory.Reading is not { } reading)
            return;
        if (patience > TimeSpan.Zero)
            await Task.WhenAny(reading, Task.Delay(patience, time, CancellationToken.None));
        if (reading.IsCompleted)
            return;
        memory.IsAwaited = true;
        lease?.Detach();
    }

    /// <summary>
    /// Reads what costs little, and returns whether to read what the server holds. A server that tells its role is there, also when the rest takes it too long or
    /// cannot be read: nobody replaces it for that.
    /// </summary>
    private async Task<bool> DescribeAsync(
        IDoltServer server, MemberMemory memory, string? podUid, ContentNeed need, DoltRoleReport role, MemberProbe before, MemberProbe now, DateTimeOffset asked)
    {
        try
        {
            if (now.EngineVersion is null)
            {
                var version = await server.ReadEngineVersionAsync(options.Deadline, CancellationToken.None);
                memory.Add(podUid, role, probe => probe with { EngineVersion = version });
            }

            // Without replication nothing else is read now and then.
            if (role.Role == DoltRole.None && (now.Variables is null || asked - memory.VariablesRead >= options.AccountsLifetime))
            {
                memory.VariablesRead = asked;
                var variables = await server.ReadVariablesAsync(isMember: false, options.Deadline, CancellationToken.None);
                memory.Add(podUid, role, probe => probe with { Variables = variables });
            }

            var replication = now.Replication;
            if (role.Role == DoltRole.Primary && (replication is null || before.Role != DoltRole.Primary || asked - memory.LagRead >= options.LagLifetime))
            {
                memory.LagRead = asked;
                var read = replication = ReplicationLag.Of(await server.ReadReplicationStatusAsync(options.Deadline, CancellationToken.None));
                memory.HasDropped |= HasDropped(now.Replication, read);
                memory.Add(podUid, role, probe => probe with { Replication = read });
            }

            return !memory.IsReading && (NeedsContent(need, memory, role, asked) || memory.HasDropped || HasNewDatabase(replication, now.Content));
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            NoContent(memory, podUid, role, asked, exception);
            return false;
        }
    }

    private static void NoContent(MemberMemory memory, string? podUid, DoltRoleReport role, DateTimeOffset asked, Exception exception)
    {
        memory.ContentFailed = asked;
        memory.Add(podUid, role, probe => probe with { Content = null, ContentError = exception.Message });
    }

    private static bool IsOfServer(Exception exception) => exception is DoltException or IOException or TimeoutException or ObjectDisposedException;

    /// <summary>Whether the primary replicates a database that was not there when its content was read: until it is known nobody asks a candidate for it.</summary>
    private static bool HasNewDatabase(ImmutableDictionary<string, ReplicationLag>? replication, ContentProof? content) =>
        content is not null && replication?.Values.Any(row => !row.Databases.IsSubsetOf(content.Databases.Keys)) == true;

    /// <summary>Whether a database that the primary replicated is gone: until that is known no standby may take over, for they all lack it.</summary>
    private static bool HasDropped(ImmutableDictionary<string, ReplicationLag>? before, ImmutableDictionary<string, ReplicationLag> now) =>
        before?.Values.SelectMany(row => row.Databases).Except(now.Values.SelectMany(row => row.Databases), StringComparer.Ordinal).Any() == true;

    /// <summary>A server that could not tell is not asked again at once: trying may take it long, and its role has to be known each second.</summary>
    private bool NeedsContent(ContentNeed need, MemberMemory memory, DoltRoleReport role, DateTimeOffset now)
    {
        if (memory.IsAwaited)
        {
            memory.IsAwaited = false;
            if (memory.Last.Content is { } late && late.Time >= memory.ReadingSince)
                return false;
        }

        if (memory.ContentFailed is { } failed && now - failed < options.ContentRetry)
            return false;
        return need switch
        {
            ContentNeed.Now => true,
            ContentNeed.Recent => role.Role != DoltRole.None && (memory.Last.Content is not { } last || now - last.Time >= options.ContentLifetime),
            _ => false,
        };
    }

    private async Task ReadContentAsync(DoltLease lease, MemberMemory memory, string? podUid, ContentNeed need, DoltRoleReport role, MemberProbe before, DateTimeOffset asked)
    {
        await using (lease)
        {
            try
            {
                var content = await ReadContentAsync(lease.Server, memory, podUid, need, role, before, asked);
                memory.ContentFailed = null;
                memory.Add(podUid, role, probe => probe with { Content = content, LastContent = content, ContentError = null });
            }
            catch (Exception exception) when (IsOfServer(exception))
            {
                NoContent(memory, podUid, role, asked, exception);
            }
        }
    }

    /// <summary>Reads what the server holds; accounts, and what it was told while it ran, only now and then or when asked for this moment.</summary>
    private async Task<ContentProof> ReadContentAsync(
        IDoltServer server, MemberMemory memory, string? podUid, ContentNeed need, DoltRoleReport role, MemberProbe before, DateTimeOffset asked)
    {
        var last = before.Content;
        memory.HasDropped = false;
        var accounts = need == ContentNeed.Recent && asked - memory.AccountsRead < options.AccountsLifetime ? last?.Accounts : null;
        if (accounts is null)
        {
            memory.AccountsRead = asked;
            accounts = await server.HashAccountsAsync(options.ContentDeadline, CancellationToken.None);
            if (role.Role != DoltRole.None)
            {
                // Known before the databases are, which may take long: a server that was told meanwhile has something else by then.
                var variables = await server.ReadVariablesAsync(isMember: true, options.Deadline, CancellationToken.None);
                memory.Add(podUid, role, probe => probe with { Variables = variables });
            }
        }

        var databases = await server.HashDatabasesAsync(options.ContentDeadline, CancellationToken.None);
        var proof = new ContentProof(asked, asked, databases.ToImmutableSortedDictionary(StringComparer.Ordinal), accounts);
        return Following(Resting(proof, last), before, role);
    }

    /// <summary>One that could not be read is not one that rows reached.</summary>
    private static bool IsOfRows(string hash) => !hash.StartsWith(IDoltServer.Unreadable, StringComparison.Ordinal);

    /// <summary>Remembers since when nothing changed: of all, of the accounts, and of each database where another one changed since.</summary>
    private static ContentProof Resting(ContentProof now, ContentProof? last)
    {
        if (last is null)
            return now;
        if (last.Accounts == now.Accounts)
            now = now with { AccountsSince = last.AccountsSince };
        if (last.IsSameAs(now))
            return now with { Since = last.Since, RestsSince = last.RestsSince };
        var resting = now.Databases.Where(pair => last.Databases.TryGetValue(pair.Key, out var hash) && hash == pair.Value);
        return now with { RestsSince = resting.ToImmutableSortedDictionary(static pair => pair.Key, pair => last.RestsSince.GetValueOrDefault(pair.Key, last.Since), StringComparer.Ordinal) };
    }

    /// <summary>Remembers which databases moved since the reading before, as long as role and epoch stay.</summary>
    private static ContentProof Following(ContentProof now, MemberProbe before, DoltRoleReport role)
    {
        if (role.Role != DoltRole.Standby || before.Content is not { } old || before.Role != role.Role || before.Epoch != role.Epoch)
            return now;
        var moved = now.Databases.Where(pair => old.Databases.TryGetValue(pair.Key, out var hash) && hash != pair.Value && IsOfRows(hash) && IsOfRows(pair.Value)).Select(pair => pair.Key).ToList();
        return now with { Moved = old.Moved.Union(moved.Where(old.MovedOnce.Contains)), MovedOnce = old.MovedOnce.Union(moved), Moves = moved.Count > 0 ? [.. old.Moves.TakeLast(ContentProof.MostMoves - 1), now.Time] : old.Moves };
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
