using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Clusters;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Core.Tests.Pretended;

/// <summary>Passes of one cluster whose situation a test says: each plans, carries its step out and remembers how that ended.</summary>
internal sealed class StepBench : IAsyncDisposable
{
    private readonly ClusterMemory memory = new();
    private readonly DoltConnections connections;
    private readonly ChildObjects children;
    private readonly KubernetesMetrics metrics = new();
    private readonly ClusterSteps steps;

    public StepBench()
    {
        Clock = new ManualTimeProvider(Situation.Start.AddHours(1));
        Servers = new PretendedServers(Clock);
        connections = new DoltConnections(Servers, new DoltConnectionsOptions(), Clock);
        var commands = new MemberCommands(connections, Clock);
        var caches = new ClusterCaches(new CacheRegistry(Api, [], Clock, new Random(1), metrics, NullLogger<CacheRegistry>.Instance));
        children = new ChildObjects(caches, Api, new Applier(Api, NullLogger<Applier>.Instance), Clock);
        steps = new ClusterSteps(Api, commands, new HandOverProcedure(commands), new PrimaryFence(Api, Clock), NullLogger<ClusterSteps>.Instance);
    }

    public PretendedApi Api { get; } = new();

    public ManualTimeProvider Clock { get; }

    public PretendedServers Servers { get; }

    /// <summary>A cluster at rest whose pods the API server has and whose servers can be asked.</summary>
    public Situation Steady(int replicas = 3)
    {
        var situation = Situation.Steady(replicas);
        foreach (var ordinal in situation.Members.Keys)
        {
            situation = situation.With(ordinal, member => member with
            {
                Pod = member.Pod! with
                {
                    Status = member.Pod.Status! with { ContainerStatuses = [new ContainerStatus { Name = "dolt", State = new ContainerState { Running = new() } }] },
                },
            });
            Api.Pods[$"db-{ordinal}"] = situation.Members[ordinal].Pod!;
            (Servers[$"10.0.0.{ordinal}"].Role, Servers[$"10.0.0.{ordinal}"].Epoch) = (ordinal == 0 ? DoltRole.Primary : DoltRole.Standby, 1);
        }

        return situation;
    }

    /// <summary>What a pass would do now.</summary>
    public ClusterPlan Plan(Situation situation) => ClusterPlanner.Plan(memory.Complete(Facts(situation)), ClusterResources.Render);

    /// <summary>What was refused of the role labels in the last pass; null when nothing was.</summary>
    public string? LabelsRefused { get; private set; }

    /// <summary>One pass: the role labels, then the step. Its waiting passes at once.</summary>
    public async Task<(ClusterPlan Plan, StepResult? Result)> PassAsync(Situation situation)
    {
        var facts = memory.Complete(Facts(situation));
        var plan = ClusterPlanner.Plan(facts, ClusterResources.Render);
        LabelsRefused = await children.LabelAsync(facts, plan.RoleLabels, TestContext.Current.CancellationToken);
        if (plan.Step is not { } step)
            return (plan, null);
        var administrator = new Administrator("root", "secret", CredentialsState.Usable) { Wanted = new Administrator("root", "other", CredentialsState.Usable) };
        var running = steps.RunAsync(facts, step, administrator, () => Task.FromResult(9L), TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            if (!Clock.AdvanceToNextTimer())
                await Task.Yield();
        }

        var result = await running;
        memory.Remember(facts, step, result);
        return (plan, result);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await connections.DisposeAsync();
        metrics.Dispose();
    }

    private ClusterFacts Facts(Situation situation) => situation.Facts with { Now = Clock.GetUtcNow() };
}
