using System.Globalization;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Simulation.World;

namespace DoltDB.Operator.Simulation;

/// <summary>The faults of a run, drawn from its seed. Each says what it does, waits where it must, and may undo itself later.</summary>
internal sealed class Faults(SimulatedWorld world, SimulatedOperators operators, SimulatedSpec spec)
{
    /// <summary>Does one thing at random.</summary>
    public Task StrikeAsync() => Draw.One(
        world.Random,
        [
            (10, KillServer), (8, FreezeServer), (8, DeletePod), (3, ForceDeletePod), (2, LoseVolume), (6, LoseNode),
            (5, CutOperatorFromServer), (5, CutServers), (4, CutClient), (5, SlowReplication), (4, CutOperatorFromApi), (5, BreakApi), (4, StaleCaches), (4, LoseWatches),
            (8, operators.RestartAsync), (3, operators.OverlapAsync), (12, spec.SwitchPrimaryAsync), (4, spec.UpgradeAsync), (2, spec.BreakUpgradeAsync), (4, spec.ScaleAsync), (2, spec.GrowAsync),
            (3, RestoreBackup), (2, DropDatabase),
        ])();

    /// <summary>Whether the disk of a primary died.</summary>
    public bool HasLostPrimary { get; private set; }

    /// <summary>Ends every fault that still lasts.</summary>
    public void EndAll()
    {
        world.Heal();
        (world.ApiErrorRate, world.LostAnswerRate) = (0, 0);
        foreach (var pod in world.Pods)
            pod.Server?.Thaw();
        operators.Heal();
    }

    private Task KillServer()
    {
        if (AnyPod() is { } pod)
        {
            world.Trace($"FAULT kill {pod.Name}");
            pod.Server?.Kill();
        }

        return Task.CompletedTask;
    }

    private Task FreezeServer()
    {
        if (AnyPod() is { Server: { } server } pod)
        {
            world.Trace($"FAULT freeze {pod.Name}");
            server.Freeze();
            Later(500, 15000, () =>
            {
                world.Trace($"{pod.Name} thaws");
                server.Thaw();
            });
        }

        return Task.CompletedTask;
    }

    private Task DeletePod() => DeleteAsync(null);

    private Task ForceDeletePod() => DeleteAsync(0);

    private async Task DeleteAsync(long? grace)
    {
        if (AnyPod() is not { } pod)
            return;
        world.Trace($"FAULT delete {pod.Name} (grace {grace?.ToString(CultureInfo.InvariantCulture) ?? "default"})");
        await world.TryAsync(() => world.Client.DeleteAsync(BuiltInKinds.Pod, new("default", pod.Name), new DeleteOptions { GracePeriodSeconds = grace }, CancellationToken.None));
    }

    /// <summary>A disk dies with its server, that of the primary too. Only ever one, and only while all others run: two are a loss that nobody can prevent.</summary>
    private async Task LoseVolume()
    {
        if (AnyPod() is not { Server: { } server } pod || !world.Pods.Any(other => other != pod && !other.IsGone) || world.Pods.Any(other => other != pod && !other.IsGone && other.Server?.Engine is not { IsStopped: false, Cluster.Role: Sandbox.SimulatedDolt.Cluster.ClusterRole.Standby or Sandbox.SimulatedDolt.Cluster.ClusterRole.Primary }))
            return;
        world.Trace($"FAULT {pod.Name} loses its volume");
        HasLostPrimary |= server.Engine.Cluster?.Role == Sandbox.SimulatedDolt.Cluster.ClusterRole.Primary;
        server.Kill();
        world.Wipe(pod.Name);
        await world.TryAsync(() => world.Client.DeleteAsync(BuiltInKinds.Pod, new("default", pod.Name), new DeleteOptions { GracePeriodSeconds = 0 }, CancellationToken.None));
    }

    private Task LoseNode()
    {
        if (AnyPod() is not { } pod)
            return Task.CompletedTask;
        var dies = world.Random.Next(2) == 0;
        world.Trace($"FAULT the node of {pod.Name} is {(dies ? "dead" : "cut off")}");
        pod.IsLost = true;
        if (dies)
            pod.Server?.Kill();
        foreach (var other in world.Pods.Where(other => other != pod && !other.IsGone))
        {
            world.Network.Cut(pod.HostName, other.HostName);
            world.Network.Cut(other.HostName, pod.HostName);
        }

        Later(2000, 5000, () => world.Go(() => pod.IsLost ? pod.MarkNotReadyAsync() : Task.CompletedTask));
        Later(3000, 90000, () =>
        {
            world.Trace($"the node of {pod.Name} is back");
            pod.IsLost = false;
            foreach (var other in world.Pods.Where(other => other != pod && other is { IsGone: false, IsLost: false }))
            {
                world.Network.Heal(pod.HostName, other.HostName);
                world.Network.Heal(other.HostName, pod.HostName);
            }
        });
        return Task.CompletedTask;
    }

    /// <summary>A user restores a backup under another name, which Dolt does not replicate: the standbys get the name, and no rows.</summary>
    private Task RestoreBackup()
    {
        if (world.Primary() is not { Server.Engine: { } engine } pod || engine.Databases.All.ContainsKey(SimulatedWorld.Archive) || !engine.Databases.All.TryGetValue("shop", out var shop))
            return Task.CompletedTask;
        world.Trace($"FAULT the user restores {SimulatedWorld.Archive} on {pod.Name}");
        engine.RestoreDatabase(shop with { Name = SimulatedWorld.Archive });
        world.Invariants.HasArchive = Invariants.Rows(engine).Count > 0;
        return Task.CompletedTask;
    }

    private Task DropDatabase()
    {
        if (world.Primary() is not { Server.Engine: { } engine } pod || !engine.Databases.All.ContainsKey(SimulatedWorld.Archive))
            return Task.CompletedTask;
        world.Trace($"FAULT the user drops {SimulatedWorld.Archive} on {pod.Name}");
        engine.DropDatabase(SimulatedWorld.Archive);
        world.Invariants.HasArchive = false;
        return Task.CompletedTask;
    }

    private Task CutOperatorFromServer() => AnyPod() is { } pod ? CutAsync("operator", pod.Name, 500, 15000) : Task.CompletedTask;

    private Task CutClient() => AnyPod() is { } pod ? CutAsync("client", pod.Name, 500, 10000) : Task.CompletedTask;

    private Task CutOperatorFromApi() => CutAsync("operator", "api", 500, 15000);

    private Task CutServers()
    {
        if (AnyPod() is not { } from || AnyPod() is not { } to || from == to)
            return Task.CompletedTask;
        return CutAsync(from.Name, to.Name, 500, world.Random.Next(3) == 0 ? 90000 : 20000);
    }

    private Task CutAsync(string from, string to, int least, int most)
    {
        world.Trace($"FAULT {from} cannot reach {to}");
        world.Cut(from, to);
        Later(least, most, () =>
        {
            world.Trace($"{from} reaches {to} again");
            world.Heal(from, to);
        });
        return Task.CompletedTask;
    }

    private Task SlowReplication()
    {
        if (AnyPod() is not { } from || AnyPod() is not { } to || from == to)
            return Task.CompletedTask;
        var delay = TimeSpan.FromMilliseconds(world.Random.Next(50, 3000));
        world.Trace($"FAULT what {from.Name} sends to {to.Name} takes {delay.TotalMilliseconds:0} ms");
        world.Network.Delay(from.HostName, to.HostName, delay);
        Later(1000, 20000, () => world.Network.Heal(from.HostName, to.HostName));
        return Task.CompletedTask;
    }

    private Task BreakApi()
    {
        world.Trace("FAULT the API refuses and loses answers");
        (world.ApiErrorRate, world.LostAnswerRate) = (world.Random.NextDouble() * 0.5, world.Random.NextDouble() * 0.2);
        Later(500, 15000, () => (world.ApiErrorRate, world.LostAnswerRate) = (0, 0));
        return Task.CompletedTask;
    }

    private Task StaleCaches()
    {
        if (operators.Current is not { } current)
            return Task.CompletedTask;
        world.Trace("FAULT caches are late");
        current.Caches.Lag = TimeSpan.FromMilliseconds(world.Random.Next(100, 6000));
        Later(1000, 20000, () => current.Caches.Lag = SimulatedOperators.UsualLag);
        return Task.CompletedTask;
    }

    private Task LoseWatches()
    {
        if (operators.Current is not { } current)
            return Task.CompletedTask;
        world.Trace("FAULT watches are lost");
        current.Caches.LoseWatches();
        Later(200, 8000, () =>
        {
            if (!current.IsDead)
                current.Caches.Reconnect();
        });
        return Task.CompletedTask;
    }

    private SimulatedPod? AnyPod()
    {
        var pods = world.Pods.Where(static pod => !pod.IsGone).ToList();
        return pods.Count == 0 ? null : world.Pick(pods);
    }

    private void Later(int least, int most, Action action) => world.Go(async () =>
    {
        await world.DelayAsync(least, most);
        action();
    });
}
