using System.Text.Json;
using System.Text.RegularExpressions;
using DoltDB.Operator.Api;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Simulation.World;

/// <summary>
/// What the user forbids for a while. An operator that had read it when its pass began obeys, until the user allows it again; a hand-over that was begun before is
/// finished.
/// </summary>
internal sealed partial class Restraints(SimulatedWorld world)
{
    /// <summary>For how long a pass may go on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private long? pausedSince;
    private long? withoutFailoverSince;

    /// <summary>The DoltDB was changed.</summary>
    public void OnCluster(StoreEvent change)
    {
        if (change.IsDelete)
        {
            (pausedSince, withoutFailoverSince) = (null, null);
            return;
        }

        var cluster = Read(change.Object);
        var spec = cluster.Spec!;
        pausedSince = spec.Paused == true ? pausedSince ?? change.Revision : null;
        withoutFailoverSince = spec.Failover?.Enabled == false || spec.Replication?.Primary?.AutomaticFailover == false ? withoutFailoverSince ?? change.Revision : null;
        if (pausedSince is not null && cluster.Status is { HandOver: null, CurrentPrimary: { } primary } && change.Previous is { } before && Read(before).Status?.HandOver is not null)
            world.Go(() => FindUnroutedAsync(primary, pausedSince.Value));
    }

    /// <summary>A hand-over ended, and nothing else is changed any more: the pass that ended it must have brought what the hand-over was for.</summary>
    private async Task FindUnroutedAsync(string primary, long pause)
    {
        var pod = world.Pod(primary);
        var isRouted = await SimulationRun.AwaitAsync(world, () => world.Routed() is [var routed] && routed == primary, Patience);
        if (!isRouted && pausedSince == pause && pod is { IsGone: false, Server.Engine.IsWritable: true } && world.IsReady(primary))
            world.Violate($"{primary} is not in the write Service, because the cluster was paused while it took over: the hand-over counts as done, and was not finished");
    }

    /// <summary>An operator is about to write something other than the status of the DoltDB.</summary>
    public void BeforeWrite(SimulatedOperator sender, string what)
    {
        if (HoldsStill(sender.Pass))
            world.Violate($"{sender.Name} {what} although it had read that the cluster is paused");
    }

    /// <summary>An operator is about to write the status of the DoltDB.</summary>
    public void BeforeStatus(SimulatedOperator sender, DoltDb cluster)
    {
        if (cluster.Status?.HandOver is { } begun && HoldsStill(sender.Pass))
            world.Violate($"{sender.Name} begins a hand-over to {begun.To} ({begun.Reason}) although it had read that the cluster is paused");
    }

    /// <summary>An operator is about to send a statement.</summary>
    public void BeforeStatement(SimulatedOperator sender, string pod, string statement)
    {
        if (!Reading().IsMatch(statement) && HoldsStill(sender.Pass))
            world.Violate($"{sender.Name} sends {statement} to {pod} although it had read that the cluster is paused");
        if (sender.Pass is { HasHandOver: false, Primary: { } primary } && primary != pod && Promotion().IsMatch(statement)
            && Knows(sender.Pass, withoutFailoverSince) && world.Cluster()?.Status?.HandOver is null or { Reason: "Failover" })
            world.Violate($"{sender.Name} promotes {pod} in place of {primary} although it had read that nobody fails over");
    }

    private static DoltDb Read(StoredObject stored) => JsonSerializer.Deserialize(stored.Json.Span, ApiJson.Default.DoltDb)!;

    private bool HoldsStill(PassKnowledge? pass) => pass is { HasHandOver: false } && Knows(pass, pausedSince);

    /// <summary>Since then every version says the same: whichever the pass read, from the one in its cache on, forbade it.</summary>
    private static bool Knows(PassKnowledge pass, long? since) => since <= pass.Version;

    [GeneratedRegex("^(SELECT|SHOW|USE) ", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Reading();

    [GeneratedRegex(@"^CALL DOLT_ASSUME_CLUSTER_ROLE\('primary'", RegexOptions.NonBacktracking)]
    private static partial Regex Promotion();
}

/// <summary>What a pass of an operator began with.</summary>
/// <param name="Version">Version of the DoltDB in its cache: the pass goes by that one or a newer one.</param>
/// <param name="HasHandOver">Whether a hand-over was in progress in any version that it may go by.</param>
/// <param name="Primary">The pod that was the primary in its cache; null before there was one.</param>
internal sealed record PassKnowledge(long Version, bool HasHandOver, string? Primary);
