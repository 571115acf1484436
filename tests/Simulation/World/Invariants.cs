using System.Globalization;
using System.Text.RegularExpressions;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;
using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Simulation.World;

/// <summary>What must hold at any moment, judged by what the servers really are, not by what the operator believes.</summary>
internal sealed partial class Invariants(SimulatedWorld world)
{
    /// <summary>For how long what the operator knows may be old.</summary>
    private static readonly TimeSpan Knowledge = TimeSpan.FromSeconds(5);

    /// <summary>For how long an operator may not have noticed that it reaches a server no more: a probe's interval and deadline.</summary>
    private static readonly TimeSpan Blindness = TimeSpan.FromSeconds(2.5);

    /// <summary>For how long before the primary went nobody can know which standbys a write has reached: what it said of them is that old.</summary>
    private static readonly TimeSpan Flight = TimeSpan.FromSeconds(4);

    /// <summary>For how long an operator waits for the answer to a promotion.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(6);

    private readonly Dictionary<int, DateTimeOffset> times = [];
    private readonly Dictionary<(string Pod, long Epoch), DateTimeOffset> sent = [];
    private readonly HashSet<(string Pod, long Epoch)> judged = [];
    private readonly Dictionary<long, string> promotions = [];
    private readonly Dictionary<string, DateTimeOffset> lastPrimary = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> steadySince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> lastReachable = new(StringComparer.Ordinal);
    private DateTimeOffset primarySeen;
    private DateTimeOffset operatorSince;
    private string routed = "";
    private string lastRouted = "";
    private long revision;

    /// <summary>Rows that the client was told are stored.</summary>
    public HashSet<int> Acknowledged { get; } = [];

    /// <summary>Rows that the client was told are on every standby.</summary>
    public HashSet<int> Replicated { get; } = [];

    /// <summary>Rows that a failover was allowed to lose.</summary>
    public HashSet<int> Lost { get; } = [];

    /// <summary>Whether the primary holds rows of a restored database: who is promoted without them loses them.</summary>
    public bool HasArchive { get; set; }

    /// <summary>Planned hand-overs that were carried out.</summary>
    public int HandOvers { get; private set; }

    /// <summary>Failovers and repairs that were carried out.</summary>
    public int Failovers { get; private set; }

    /// <summary>An operator begins, and knows only what the API server holds.</summary>
    public void OperatorStarts() => operatorSince = world.Now;

    /// <summary>A server said that the row is stored. One that was replaced, and that nobody can end, goes on saying so until its node is back.</summary>
    public void Acknowledge(int row, SimulatedPod pod)
    {
        Acknowledged.Add(row);
        times[row] = world.Now;
        if (pod.Server?.Engine.Cluster is not { Epoch: var epoch })
            return;
        if (!world.Pods.Any(other => other != pod && other.Server?.Engine.Cluster is { Role: ClusterRole.Primary } role && role.Epoch > epoch))
            return;
        Lost.Add(row);
        if (!pod.IsLost && !world.IsOverlapping)
            world.Violate($"{pod.Name} acknowledged a write at epoch {epoch} after another primary was promoted");
    }

    /// <summary>An operator is about to send a statement.</summary>
    public void BeforeStatement(SimulatedOperator sender, string host, string statement)
    {
        if (RoleStatement().Match(statement) is not { Success: true } match)
            return;
        var pod = world.PodAt(host)?.Name ?? host;
        var epoch = long.Parse(match.Groups["epoch"].Value, CultureInfo.InvariantCulture);
        world.Trace($"{sender.Name} sends {statement} to {pod}");
        if (sender.IsDead || sender.IsStale)
            return;
        if ((world.Cluster()?.Status?.ReplicationEpoch ?? 0) < epoch)
            world.Violate($"epoch {epoch} is sent to {pod} and is not in the status");
        if (!match.Groups["promotes"].Success)
            return;
        if (promotions.TryGetValue(epoch, out var other) && other != pod)
            world.Violate($"epoch {epoch} promotes {pod} and was used for {other}");
        if (promotions.Keys.Any(used => used > epoch))
            world.Violate($"epoch {epoch} promotes {pod} after epoch {promotions.Keys.Max()} was used");
        promotions[epoch] = pod;
        sent[(pod, epoch)] = world.Now;
    }

    /// <summary>A server did what an operator said.</summary>
    public void AfterStatement(string host, string statement)
    {
        if (RoleStatement().Match(statement) is { Success: true } match && match.Groups["promotes"].Success && world.PodAt(host) is { Server.Engine.Cluster.Role: ClusterRole.Primary } pod)
            AfterPromotion(pod, long.Parse(match.Groups["epoch"].Value, CultureInfo.InvariantCulture), isLate: false);
    }

    /// <summary>
    /// A server became primary. A promotion that comes into effect <paramref name="isLate"/> (its server slept, or nobody heard its answer) is judged by what it costs:
    /// what was known when it was sent is over.
    /// </summary>
    private void AfterPromotion(SimulatedPod pod, long epoch, bool isLate)
    {
        if (!judged.Add((pod.Name, epoch)))
            return;
        var held = Rows(pod.Server!.Engine);
        var lost = Acknowledged.Where(row => !held.Contains(row) && !Lost.Contains(row)).ToHashSet();
        var handOver = world.Cluster()?.Status?.HandOver;
        var isPlanned = !isLate && handOver is { Reason: not "Failover" } && handOver.Epoch == epoch;
        if (isPlanned)
            HandOvers++;
        else
            Failovers++;
        world.Trace($"{pod.Name} is primary at {epoch} ({(isPlanned ? "planned" : isLate ? "late" : "unplanned")}) and lacks {lost.Count} of {Acknowledged.Count} acknowledged rows");
        if (HasArchive && Rows(pod.Server.Engine, SimulatedWorld.Archive).Count == 0)
        {
            if (!isLate && world.Cluster()?.Status?.Databases?.Contains(SimulatedWorld.Archive) == true)
                world.Violate($"{pod.Name} was promoted without the rows of {SimulatedWorld.Archive}, which the primary was known to hold; proofs: {string.Join("; ", world.Cluster()?.Status?.LastEqual?.Select(static proof => $"{proof.Member} {proof.PodUid} {proof.Time:HH:mm:ss} {string.Join(",", proof.Databases ?? [])}") ?? [])}");
            HasArchive = false;
        }

        if (lost.Count == 0)
            return;
        if (isPlanned)
            world.Violate($"a planned hand-over to {pod.Name} lost {lost.Count} acknowledged rows");
        if (lost.Any(Replicated.Contains))
            world.Violate($"{pod.Name} was promoted without {lost.Count(Replicated.Contains)} rows that were on every standby");
        foreach (var better in world.Pods.Where(other => !isLate && other != pod && IsCandidate(other) && IsKnown(other) && Rows(other.Server!.Engine) is var rows && rows.IsSupersetOf(held) && lost.Any(row => rows.Contains(row) && primarySeen - times[row] > Flight)))
            world.Violate($"{pod.Name} was promoted without {lost.Count} acknowledged rows, of which {better.Name} has some");
        Lost.UnionWith(lost);
    }

    /// <summary>Promotions that nobody waits for any more: whoever is primary above all others decides what is lost.</summary>
    private void FindLatePromotions()
    {
        if (sent.Count == 0)
            return;
        foreach (var ((name, epoch), time) in sent.ToList())
        {
            if (judged.Contains((name, epoch)) || promotions.Keys.Any(used => used > epoch))
                sent.Remove((name, epoch));
            else if (world.Now - time > Answer && world.Pod(name) is { Server.Engine.Cluster: { Role: ClusterRole.Primary } role } pod && role.Epoch == epoch)
                AfterPromotion(pod, epoch, isLate: true);
        }
    }

    /// <summary>An operator is about to remove a pod.</summary>
    public void BeforeRemoval(SimulatedOperator sender, string pod, bool isForced)
    {
        world.Trace($"{sender.Name} removes {pod}");
        if (sender.IsStale)
            return;
        if (world.Pods.All(other => IsKnownDown(other)) && world.Pod(pod) is { Server.Engine.IsStopped: false } found && !IsBrokenAlone(found))
            world.Violate($"{pod} is removed although no server can be reached");
        if (isForced || world.Pod(pod) is not { } removed || !IsSteady(removed))
            return;
        var replicas = world.Cluster()?.Spec?.Replicas ?? 0;
        if (replicas > 1 && removed.Server!.Engine.Cluster?.Role == ClusterRole.Primary && world.Pods.Count(static other => !other.IsGone) > 1)
            world.Violate($"{pod} is removed while it is the primary");
        bool Stays(SimulatedPod other) => int.Parse(other.Name[(SimulatedWorld.Name.Length + 1)..], CultureInfo.InvariantCulture) < replicas;
        foreach (var other in world.Pods.Where(other => !other.IsGone && other.Name != pod && Stays(other) && IsKnownDown(other)))
            world.Violate($"{pod} is removed while {other.Name} is down");
    }

    /// <summary>Looks at the whole.</summary>
    public void Check()
    {
        FindLatePromotions();
        foreach (var pod in world.Pods)
        {
            if (pod.Server is { } server && (server.Engine.Cluster is null || server.Engine.Cluster.Role == ClusterRole.Primary))
                lastPrimary[pod.Name] = world.Now;
            if (!IsReachable(pod))
            {
                steadySince.Remove(pod.Name);
                continue;
            }

            if (pod.Server!.Engine.Cluster?.Role == ClusterRole.Primary)
                primarySeen = world.Now;
            steadySince.TryAdd(pod.Name, world.Now);
            lastReachable[pod.Name] = world.Now;
        }

        if (world.Api.Objects.Revision == revision)
            return;
        revision = world.Api.Objects.Revision;
        var now = world.Routed();
        if (now.Count > 1)
            world.Violate($"{string.Join(" and ", now)} are routed at once");
        var name = now.Count == 1 ? now[0] : "";
        if (name == routed)
            return;
        routed = name;
        world.Trace(name.Length == 0 ? "nobody is routed" : $"{name} is routed");
        if (name.Length == 0)
            return;
        // What an operator had in hand that slept while another one began to lead, nobody can call back: it may select a server for a moment, which takes no write.
        if (world.IsOverlapping && world.Pod(name)?.Server?.Engine.IsWritable != true)
            return;

        // A pod that was routed before and is only ready again was chosen when it was primary; the operator looks at it in a moment.
        var isChosen = name != lastRouted;
        lastRouted = name;
        if (isChosen && (!lastPrimary.TryGetValue(name, out var last) || world.Now - last > Knowledge))
            world.Violate($"{name} is routed and is no primary");
        if (isChosen && world.Cluster() is { Spec.Replicas: > 1, Status: { PrimaryEpoch: not null } status } && status.CurrentPrimary != name)
            world.Violate($"{name} is routed and {status.CurrentPrimary} is in the status: whoever looks after a crash takes that for the primary");
        var epoch = world.Pod(name)?.Server?.Engine.Cluster?.Epoch ?? long.MaxValue;
        foreach (var other in world.Pods.Where(other => other.Name != name && IsSteadyFor(other, Knowledge) && other.Server!.Engine.Cluster is { Role: ClusterRole.Primary } role && role.Epoch > epoch))
            world.Violate($"{name} is routed at epoch {epoch} although {other.Name} is primary at a higher one");
    }

    /// <summary>Rows of the client's table that a server holds, in the client's database or in one that was restored from a backup of it.</summary>
    public static HashSet<int> Rows(DoltEngine engine, string database = "shop")
    {
        if (!engine.Databases.All.ContainsKey(database))
            return [];
        var session = engine.Sessions.Open("simulation", static () => { });
        session.Account = engine.Accounts.All.Select(static account => account.Name).First(static name => name.User == "root");
        try
        {
            var answer = new StatementExecutor(engine).ExecuteAsync(session, new Parser($"SELECT id FROM {database}.items").ParseNext(), CancellationToken.None);
            return answer.IsCompletedSuccessfully && answer.Result.Rows is { } rows ? [.. rows.Rows.Select(static row => int.Parse(SqlValue.Format(row[0])!, CultureInfo.InvariantCulture))] : [];
        }
        finally
        {
            engine.Sessions.Remove(session);
        }
    }

    private bool IsReachable(SimulatedPod pod) =>
        pod is { IsGone: false, IsLost: false, Server.Engine: { IsStopped: false, Running.IsCompleted: true } } && !world.IsCut("operator", pod.Address);

    private bool IsSteady(SimulatedPod pod) => IsReachable(pod) && steadySince.ContainsKey(pod.Name);

    private bool IsSteadyFor(SimulatedPod pod, TimeSpan time) => IsReachable(pod) && steadySince.TryGetValue(pod.Name, out var since) && world.Now - since > time;

    /// <summary>Whether the server has been out of reach for so long that the operator must know.</summary>
    private bool IsKnownDown(SimulatedPod pod) => world.Now - lastReachable.GetValueOrDefault(pod.Name) > Blindness;

    /// <summary>
    /// Whether an operator could compare what the pod holds with the primary before that went. A pod that was made about then is in doubt, and an operator that
    /// began after it has only the proofs in the status.
    /// </summary>
    private bool IsKnown(SimulatedPod pod) => pod.Born + Knowledge < primarySeen && operatorSince + Knowledge < primarySeen;

    /// <summary>Whether the pod is all of a cluster and does not work: a change of the spec may mend it.</summary>
    private bool IsBrokenAlone(SimulatedPod pod) => !pod.IsReady && world.Cluster()?.Spec?.Replicas == 1;

    private bool IsCandidate(SimulatedPod pod) => IsSteadyFor(pod, Knowledge) && pod.Server!.Engine.Cluster?.Role == ClusterRole.Standby;

    [GeneratedRegex(@"^CALL (?:DOLT_ASSUME_CLUSTER_ROLE\('(?:(?<promotes>primary)|standby)', (?<epoch>\d+)\)|DOLT_CLUSTER_TRANSITION_TO_STANDBY\('(?<epoch>\d+)')", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex RoleStatement();
}
