using System.Globalization;
using DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;

namespace DoltDB.Operator.Simulation.World;

/// <summary>
/// That safety is no excuse: a server that is the only primary, that the operator reaches and that is ready is in the write Service, whatever the others do.
/// While the cluster is paused, that holds for a hand-over that was begun.
/// </summary>
internal sealed class Availability(SimulatedWorld world)
{
    /// <summary>A drain that waits for a standby takes Dolt ten seconds, and one that failed is undone in a moment.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private string? idle;
    private DateTimeOffset idleSince;
    private DateTimeOffset looked;

    /// <summary>Whether the operator lives, and hears and reaches the API server as it should; told by who makes the faults.</summary>
    public Func<bool> IsOperatorWell { get; set; } = static () => false;

    /// <summary>Looks at the whole.</summary>
    public void Check()
    {
        if (world.Now - looked < Interval)
            return;
        looked = world.Now;
        var primary = IsOperatorWell() ? OnlyPrimary() : null;
        if (primary is null || world.Routed() is [var routed] && routed == primary)
        {
            idle = null;
            return;
        }

        if (idle != primary)
            (idle, idleSince) = (primary, world.Now);
        else if (world.Now - idleSince > Limit && world.Violation is null)
            world.Violate($"{primary} has been the only primary for {Limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s and is not in the write Service");
    }

    private string? OnlyPrimary()
    {
        if (world.Cluster() is not { Spec: { Replicas: > 1 } spec, Status: var status } || (spec.Paused == true && status?.HandOver is null))
            return null;
        var servers = world.Pods.Where(static pod => !pod.IsGone && pod.Server is not null).ToList();
        var highest = servers.Select(static pod => pod.Server!.Engine.Cluster?.Epoch ?? 0).DefaultIfEmpty(0).Max();
        var primaries = servers.Where(static pod => pod.Server!.Engine.Cluster?.Role == ClusterRole.Primary).ToList();
        return primaries is [{ IsLost: false, IsReady: true, Server.Engine: { IsStopped: false, Running.IsCompleted: true } } pod]
            && pod.Server.Engine.Cluster!.Epoch == highest && !world.IsCut("operator", pod.Address)
                ? pod.Name
                : null;
    }
}
