using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Simulation.World;

/// <summary>The user: creates the DoltDB and changes its spec while things go wrong.</summary>
internal sealed class SimulatedSpec(SimulatedWorld world)
{
    private int version = 50;
    private int size = 1;
    private int delaySeconds;
    private bool mayWaitLong;

    /// <summary>Whether the newest image never starts.</summary>
    public bool IsBroken { get; private set; }

    public async Task CreateAsync()
    {
        // Now and then the cluster begins as one server without replication, and a change of its scale makes it a cluster.
        var replicas = world.Random.Next(6) == 0 ? 1 : world.Random.Next(2, 4);
        var index = world.Random.Next(replicas);
        delaySeconds = world.Random.Next(1, 6);
        world.Trace($"a DoltDB of {replicas} with podIndex {index} and delaySeconds {delaySeconds}");
        var json = $$$"""
            {"apiVersion":"k8s.dolthub.com/v1alpha","kind":"DoltDB","metadata":{"name":"{{{SimulatedWorld.Name}}}","namespace":"default"},
             "spec":{"engineVersion":"1.{{{version}}}.0","image":"dolthub/dolt","replicas":{{{replicas}}},"storage":{"size":"1Gi"},
             "failover":{"delaySeconds": {{{delaySeconds}}}, "maxPerHour": 0 },
             "replication":{"enabled":{{{(replicas > 1 ? "true" : "false")}}},"primary":{"podIndex":{{{index}}},"automaticFailover":true } } } }
            """;
        await world.Client.CreateAsync(DoltKinds.DoltDb, JsonSerializer.Deserialize(json, ApiJson.Default.DoltDb)!, CancellationToken.None);
    }

    public Task SwitchPrimaryAsync() => ChangeAsync("asks for another primary", spec => spec with
    {
        Replication = spec.Replication! with { Primary = spec.Replication.Primary! with { PodIndex = world.Random.Next(spec.Replicas!.Value) } },
    });

    public Task AskForPrimaryAsync(int ordinal) => ChangeAsync($"asks for ordinal {ordinal} as primary", spec => spec with
    {
        Replication = spec.Replication! with { Primary = spec.Replication.Primary! with { PodIndex = ordinal } },
    });

    public Task UpgradeAsync()
    {
        IsBroken = false;
        return ChangeAsync("asks for another version", spec => spec with { EngineVersion = $"1.{++version}.0" });
    }

    public Task BreakUpgradeAsync()
    {
        IsBroken = true;
        return ChangeAsync("asks for a version that never starts", spec => spec with { EngineVersion = "1.99.broken" });
    }

    public Task ScaleAsync() => ChangeAsync("asks for another number of replicas", spec =>
    {
        var replicas = world.Random.Next(1, 5);
        var index = spec.Replication!.Primary!.PodIndex ?? 0;
        world.Trace($"{replicas} replicas");
        return spec with
        {
            Replicas = replicas,
            Replication = spec.Replication with { Enabled = replicas > 1, Primary = spec.Replication.Primary with { PodIndex = Math.Min(index, replicas - 1) } },
        };
    });

    public Task GrowAsync() => ChangeAsync("asks for larger volumes", spec => spec with { Storage = spec.Storage! with { Size = new Quantity($"{++size}Gi") } });

    /// <summary>As the kubectl plugin does.</summary>
    public Task PauseAsync(bool isPaused) => PatchAsync(isPaused ? "pauses the cluster" : "resumes the cluster", new() { ["spec"] = new JsonObject { ["paused"] = isPaused } });

    /// <summary>As the kubectl plugin does.</summary>
    public Task RestartAsync() =>
        AnnotateAsync("asks for a rolling restart", ClusterLabels.RestartedAtAnnotation, world.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    /// <summary>Asks by annotation; null takes the request back.</summary>
    public Task AskForSwitchoverAsync(string? target) =>
        AnnotateAsync(target is null ? "takes a request for a switchover back" : $"asks for a switchover to {target}", ClusterLabels.SwitchoverAnnotation, target);

    public Task ChangeUpdateStrategyAsync(string strategy) => ChangeAsync($"asks for updateStrategy {strategy}", spec => spec with { UpdateStrategy = strategy });

    public Task WaitForStandbysAsync(int? seconds)
    {
        mayWaitLong = mayWaitLong || seconds > 1;
        return ChangeAsync($"asks for ackWritesTimeoutSeconds {Text(seconds)}", spec => spec with { Replication = spec.Replication! with { AckWritesTimeoutSeconds = seconds } });
    }

    /// <summary>Turns automatic failover off in one of its two places.</summary>
    public Task StopFailoverAsync(bool ofReplication) => ofReplication
        ? ChangeAsync("turns automaticFailover off", spec => spec with { Replication = spec.Replication! with { Primary = spec.Replication.Primary! with { AutomaticFailover = false } } })
        : ChangeAsync("turns failover.enabled off", spec => spec with { Failover = spec.Failover! with { Enabled = false } });

    public Task AllowFailoverAsync() => ChangeAsync("turns failover on", AllowFailover);

    public Task LimitFailoverAsync(int? maxLagMillis, int delay) => ChangeAsync(
        $"asks for maxLagMillis {Text(maxLagMillis)} and delaySeconds {Text(delay)}",
        spec => spec with { Failover = spec.Failover! with { MaxLagMillis = maxLagMillis, DelaySeconds = delay } });

    /// <summary>
    /// Takes back what would keep the cluster from recovering in time. Where nothing is said of ackWritesTimeoutSeconds, servers keep what they were told before, and
    /// a write that waits for a minute is one that the client gives up.
    /// </summary>
    public Task RestoreAsync() => ChangeAsync("takes his restraints back", spec =>
    {
        var allowed = AllowFailover(spec);
        return allowed with
        {
            Paused = null,
            UpdateStrategy = null,
            Failover = allowed.Failover! with { MaxLagMillis = null, DelaySeconds = delaySeconds },
            Replication = mayWaitLong ? allowed.Replication! with { AckWritesTimeoutSeconds = 1 } : allowed.Replication,
        };
    });

    /// <summary>A spec that can be reached, so that the end can be judged.</summary>
    public Task MendAsync() => IsBroken ? UpgradeAsync() : Task.CompletedTask;

    private static DoltDbSpec AllowFailover(DoltDbSpec spec) => spec with
    {
        Failover = spec.Failover! with { Enabled = null },
        Replication = spec.Replication! with { Primary = spec.Replication.Primary! with { AutomaticFailover = true } },
    };

    private static string Text(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";

    private Task AnnotateAsync(string what, string annotation, string? value) =>
        PatchAsync(what, new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } } });

    private async Task PatchAsync(string what, JsonObject patch)
    {
        world.Trace($"FAULT the user {what}");
        await world.Client.MergePatchAsync(DoltKinds.DoltDb, new NamespacedName("default", SimulatedWorld.Name), patch, null, CancellationToken.None);
    }

    private async Task ChangeAsync(string what, Func<DoltDbSpec, DoltDbSpec> change)
    {
        world.Trace($"FAULT the user {what}");
        while (true)
        {
            try
            {
                var cluster = world.Cluster()!;
                await world.Client.ReplaceAsync(DoltKinds.DoltDb, cluster with { Spec = change(cluster.Spec!) }, null, CancellationToken.None);
                return;
            }
            catch (KubernetesException exception) when (exception.IsConflict)
            {
                await world.DelayAsync(1, 20);
            }
        }
    }
}
