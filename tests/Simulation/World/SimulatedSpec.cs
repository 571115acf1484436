using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Simulation.World;

/// <summary>The user: creates the DoltDB and changes its spec while things go wrong.</summary>
internal sealed class SimulatedSpec(SimulatedWorld world)
{
    private int version = 50;
    private int size = 1;

    /// <summary>Whether the newest image never starts.</summary>
    public bool IsBroken { get; private set; }

    public async Task CreateAsync()
    {
        // Now and then the cluster begins as one server without replication, and a change of its scale makes it a cluster.
        var replicas = world.Random.Next(6) == 0 ? 1 : world.Random.Next(2, 4);
        var index = world.Random.Next(replicas);
        var delay = world.Random.Next(1, 6);
        world.Trace($"a DoltDB of {replicas} with podIndex {index} and delaySeconds {delay}");
        var json = $$$"""
            {"apiVersion":"k8s.dolthub.com/v1alpha","kind":"DoltDB","metadata":{"name":"{{{SimulatedWorld.Name}}}","namespace":"default"},
             "spec":{"engineVersion":"1.{{{version}}}.0","image":"dolthub/dolt","replicas":{{{replicas}}},"storage":{"size":"1Gi"},
             "failover":{"delaySeconds": {{{delay}}}, "maxPerHour": 0 },
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

    /// <summary>A spec that can be reached, so that the end can be judged.</summary>
    public Task MendAsync() => IsBroken ? UpgradeAsync() : Task.CompletedTask;

    private async Task ChangeAsync(string what, Func<DoltDbSpec, DoltDbSpec> change)
    {
        world.Trace($"FAULT the user {what}");
        for (var attempt = 0; attempt < 5; attempt++)
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
