using System.Diagnostics.Metrics;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.Clusters;

public sealed class ClusterMetricsTests
{
    [Fact]
    public void C11_Numbers_of_a_cluster_are_there_at_the_first_scrape_after_a_restart_and_end_with_it()
    {
        var clusters = new Clusters { Items = [Observed()] };
        using var meter = new Meter("a process that has just begun");
        _ = new ClusterMetrics(meter, clusters);
        var numbers = Scrape(meter);
        numbers["doltdb_ready{db,ns}"].ShouldBe(1);
        numbers["doltdb_phase{db,ns,Running}"].ShouldBe(1);
        numbers["doltdb_current_primary_index{db,ns}"].ShouldBe(0);
        numbers["doltdb_replication_epoch{db,ns}"].ShouldBe(1);
        numbers["doltdb_server_ready{db,ns,db-2}"].ShouldBe(1);
        numbers["doltdb_server_role{db,ns,db-0,primary}"].ShouldBe(1);
        numbers["doltdb_server_lag_milliseconds{db,ns,db-1}"].ShouldBe(0);
        numbers.ShouldNotContainKey("doltdb_server_lag_milliseconds{db,ns,db-0}");

        clusters.Items = [];
        Scrape(meter).ShouldBeEmpty();
    }

    [Fact]
    public void C11_Failovers_and_failures_are_counted()
    {
        using var meter = new Meter("counts");
        var metrics = new ClusterMetrics(meter, new Clusters());
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counted.Add($"{instrument.Name} {value}"));
        listener.Start();
        var cluster = Observed();
        metrics.Stepped(cluster, new ClusterStep.Failover(0, 1, 2, "lost"), new StepResult(false, null));
        counted.ShouldBeEmpty("nobody took over");
        metrics.Stepped(cluster, new ClusterStep.Failover(0, 1, 3, "lost"), new StepResult(true, null));
        metrics.Stepped(cluster, new ClusterStep.HandOver(new HandOverStatus(), 1, "asked"), new StepResult(false, null) { HandOverFailure = "refused" });
        metrics.Written(cluster, cluster.Status! with { CurrentPrimaryPodIndex = 1 });
        metrics.Written(cluster, cluster.Status!);
        counted.ShouldBe(["doltdb_failovers_total 1", "doltdb_failed_hand_overs_total 1", "doltdb_replication_switch_overs 1"]);
    }

    private static DoltDb Observed()
    {
        var steady = Situation.Steady();
        return steady.Cluster with { Status = steady.Plan().Status };
    }

    private static Dictionary<string, long> Scrape(Meter meter)
    {
        var numbers = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => numbers.Add($"{instrument.Name}{{{string.Join(',', tags.ToArray().Select(tag => tag.Value))}}}", value));
        listener.Start();
        listener.RecordObservableInstruments();
        return numbers;
    }

    /// <summary>The DoltDBs that a watch would have brought.</summary>
    private sealed class Clusters : IObjectCache<DoltDb>
    {
        public IReadOnlyList<DoltDb> Items { get; set; } = [];

        public ResourceKind<DoltDb> Kind => DoltKinds.DoltDb;

        public bool HasSynced => true;

        public Task WaitForSyncAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public DoltDb? Get(NamespacedName name) => Items.FirstOrDefault(item => NamespacedName.Of(item) == name);

        public IReadOnlyList<DoltDb> List(string? ns = null) => Items;

        public IReadOnlyList<DoltDb> Lookup(string index, string value) => throw new KeyNotFoundException(index);

        public void AddIndex(string name, Func<DoltDb, IReadOnlyList<string>> values)
        {
            // Nobody looks anything up.
        }

        public IDisposable Subscribe(Action<CacheChange<DoltDb>> onChange) => throw new NotSupportedException();
    }
}
