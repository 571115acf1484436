using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers.Budgets;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

public sealed class BudgetTests : IAsyncLifetime
{
    private ControllerBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await ControllerBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task A_budget_allows_one_eviction_at_a_time()
    {
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, StatefulSetTests.Set("db", 2, "Parallel"), Cancel);
        await bench.Client.CreateAsync(BuiltInKinds.PodDisruptionBudget, Budget(maxUnavailable: 1), Cancel);
        var full = await StatusAsync(status => status.DisruptionsAllowed == 1);
        (full.ExpectedPods, full.CurrentHealthy, full.DesiredHealthy).ShouldBe((2, 2, 1));
        full.Conditions.IsTrue("DisruptionAllowed").ShouldBeTrue();

        bench.Stuck.Add("db-0");
        (await EvictAsync("db-0")).ShouldBe(EvictionResult.Evicted);
        (await StatusAsync(status => status.CurrentHealthy == 1)).DisruptionsAllowed.ShouldBe(0);
        (await EvictAsync("db-1")).ShouldBe(EvictionResult.Refused);

        await bench.Client.DeleteAsync(BuiltInKinds.Pod, new NamespacedName("default", "db-0"), new DeleteOptions { GracePeriodSeconds = 0 }, Cancel);
        bench.Stuck.Clear();
        await bench.UntilAsync(BuiltInKinds.Pod, "db-0", pod => pod.Metadata.DeletionTimestamp is null);
    }

    [Theory]
    [InlineData("50%", null, 3, 1)]
    [InlineData(null, "50%", 3, 2)]
    [InlineData("100%", null, 3, 0)]
    [InlineData(null, "0", 3, 0)]
    public void Percentages_round_up(string? maxUnavailable, string? minAvailable, int scale, int desired)
    {
        var budget = new PodDisruptionBudget
        {
            Metadata = new ObjectMeta { Name = "b" },
            Spec = new PodDisruptionBudgetSpec
            {
                MaxUnavailable = maxUnavailable is null ? (IntOrString?)null : new IntOrString(maxUnavailable),
                MinAvailable = minAvailable switch { null => (IntOrString?)null, "0" => new IntOrString(0), _ => new IntOrString(minAvailable) },
            },
        };

        BudgetStatuses.Compute(budget, [], scale, DateTimeOffset.UnixEpoch).DesiredHealthy.ShouldBe(desired);
    }

    [Theory]
    [InlineData(-60, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void An_eviction_counts_until_the_pod_is_another_one(int madeAfter, int allowed)
    {
        var evicted = DateTimeOffset.UnixEpoch;
        var status = new PodDisruptionBudgetStatus { DisruptedPods = new Dictionary<string, DateTimeOffset> { ["db-0"] = evicted } };
        var budget = BudgetStatuses.With(Budget(maxUnavailable: 1), status)!;
        Pod[] pods = [Ready("db-0", evicted.AddSeconds(madeAfter)), Ready("db-1", evicted.AddSeconds(-60))];
        BudgetStatuses.Compute(budget, pods, pods.Length, evicted.AddSeconds(2)).DisruptionsAllowed.ShouldBe(allowed);
    }

    private static Pod Ready(string name, DateTimeOffset created) => new()
    {
        Metadata = new ObjectMeta { Name = name, CreationTimestamp = created },
        Status = new PodStatus { Phase = "Running", Conditions = [new PodCondition { Type = "Ready", Status = Conditions.True }] },
    };

    private static PodDisruptionBudget Budget(int maxUnavailable) => new()
    {
        Metadata = new ObjectMeta { Name = "db", Namespace = "default" },
        Spec = new PodDisruptionBudgetSpec { MaxUnavailable = maxUnavailable, Selector = new LabelSelector { MatchLabels = new() { ["app"] = "db" } } },
    };

    private Task<EvictionResult> EvictAsync(string pod) => bench.Client.EvictAsync(new NamespacedName("default", pod), new DeleteOptions(), Cancel);

    private async Task<PodDisruptionBudgetStatus> StatusAsync(Func<PodDisruptionBudgetStatus, bool> condition) => BudgetStatuses.Read(
        await bench.UntilAsync(BuiltInKinds.PodDisruptionBudget, "db", budget => BudgetStatuses.Read(budget) is { } status && condition(status)))!;
}
