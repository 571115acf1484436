using System.Text.Json.Nodes;
using DoltDB.Kubectl.Tests.Support;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Tests;

public sealed class StatusTests
{
    [Fact]
    public async Task Without_a_name_the_clusters_of_the_namespace_are_listed()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy("shop"));
        var broken = DoltDbs.Healthy("accounts", replicas: 2);
        await desk.StoreAsync(broken with
        {
            Status = (broken.Status! with { Phase = "Degraded" }).With("Ready", "False", "StatefulSetNotReady", "Not ready").WithMember(1, member => member with { Ready = false }),
        });
        await desk.StoreAsync(DoltDbs.Healthy("elsewhere", ns: "kube-public"));

        var outcome = await desk.RunAsync("status");

        outcome.ExitCode.ShouldBe(0);
        Lines(outcome.Output).Select(WithoutAge).ShouldBe([
            "NAME PHASE READY PRIMARY MEMBERS VERSION",
            "accounts Degraded False accounts-0 1/2 1.57.2",
            "shop Running True shop-0 3/3 1.57.2",
        ]);
    }

    [Fact]
    public async Task All_namespaces_are_listed_with_their_names()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy("db", ns: "kube-public"));
        await desk.StoreAsync(DoltDbs.Healthy("db"));

        Lines((await desk.RunAsync("status", "-A")).Output).Select(WithoutAge)
            .ShouldBe(["NAMESPACE NAME PHASE READY PRIMARY MEMBERS VERSION", "default db Running True db-0 3/3 1.57.2", "kube-public db Running True db-0 3/3 1.57.2"]);
    }

    [Fact]
    public async Task The_page_of_a_cluster_shows_what_an_operator_needs_in_the_night()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy(replicas: 2);
        var stored = await desk.StoreAsync(healthy with
        {
            Status = (healthy.Status! with { HandOver = new() { From = 0, To = 1, Epoch = 5, Reason = "RollingUpdate" }, Databases = ["shop", "stock"] })
                .With("Updated", "False", "Updating", "Updating: waiting for db-1")
                .WithMember(1, member => member with { CaughtUp = false, Message = "replication lags" }),
        });
        await desk.CreateAsync(BuiltInKinds.Service, new Service
        {
            Metadata = new ObjectMeta { Name = "db-primary", Namespace = "default" },
            Spec = new ServiceSpec { Type = "ClusterIP", Ports = [new ServicePort { Name = "tcp-dolt", Port = 3306 }] },
        });
        await desk.CreateAsync(BuiltInKinds.Event, new Event
        {
            Metadata = new ObjectMeta { Name = "db.1", Namespace = "default" },
            InvolvedObject = new ObjectReference { Kind = "DoltDB", Name = "db", Namespace = "default", Uid = stored.Metadata.Uid },
            Type = "Normal",
            Reason = "PrimarySwitched",
            Message = "db-0 is the primary, it was db-1",
            LastTimestamp = TimeProvider.System.GetUtcNow(),
        });

        var page = Lines((await desk.RunAsync("status", "db")).Output);

        page.ShouldContain("Phase: Running");
        page.ShouldContain("Primary: db-0");
        page.ShouldContain("Replication: epoch 4");
        page.ShouldContain("Databases: shop, stock");
        page.ShouldContain("from db-0 to db-1 at epoch 5, since - (RollingUpdate)");
        page.ShouldContain(line => line.StartsWith("Updated False ", StringComparison.Ordinal) && line.EndsWith("Updating Updating: waiting for db-1", StringComparison.Ordinal));
        page.ShouldContain("db-0 primary 4 yes yes - 1.57.2 -");
        page.ShouldContain("db-1 standby 4 yes yes no 1.57.2 replication lags");
        page.ShouldContain(line => line.StartsWith("db-primary ClusterIP 127.", StringComparison.Ordinal) && line.EndsWith(":3306 db-primary.default:3306", StringComparison.Ordinal));
        page.ShouldContain(line => line.EndsWith("s Normal PrimarySwitched 1 db-0 is the primary, it was db-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_spec_that_no_operator_has_taken_up_is_told()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy();
        await desk.StoreAsync(healthy with { Status = healthy.Status! with { ObservedGeneration = 0 } });

        Lines((await desk.RunAsync("status", "db")).Output).ShouldContain("Phase: Running; the latest change of the spec is not taken up yet");
    }

    [Fact]
    public async Task A_user_who_may_not_read_events_gets_the_page_without_them()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        using var fault = desk.Fail("events", 403);

        var outcome = await desk.RunAsync("status", "db");

        outcome.ExitCode.ShouldBe(0);
        Lines(outcome.Output).ShouldContain("db-1 standby 4 yes yes yes 1.57.2 -");
        outcome.Output.ShouldContain("events are not shown: ");
    }

    [Fact]
    public async Task Json_is_the_object_as_it_is_stored()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());

        var one = JsonNode.Parse((await desk.RunAsync("status", "db", "-o", "json")).Output)!;
        var all = JsonNode.Parse((await desk.RunAsync("status", "-o=json")).Output)!;

        ((string?)one["kind"], (string?)one["status"]!["currentPrimary"]).ShouldBe(("DoltDB", "db-0"));
        ((string?)all["kind"]).ShouldBe("List");
        JsonNode.DeepEquals(all["items"]![0], one).ShouldBeTrue();
    }

    [Fact]
    public async Task A_watched_cluster_is_printed_again_after_each_change_and_ends_with_its_deletion()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        var running = desk.RunAsync("status", "db", "--watch");
        await desk.AwaitRequestsAsync("list", "events", 1);
        await desk.ReportAsync("db", status => status with { Phase = "FailingOver" });
        await desk.AwaitRequestsAsync("list", "events", 2);
        await desk.DeleteAsync("db");

        var outcome = await running;
        Lines(outcome.Output).Where(line => line.StartsWith("Phase:", StringComparison.Ordinal)).ShouldBe(["Phase: Running", "Phase: FailingOver"]);
        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("DoltDB 'db' is deleted");
    }

    private static string WithoutAge(string line) => line[..line.LastIndexOf(' ')];

    /// <summary>The lines with single spaces: the widths of columns are not what is tested.</summary>
    private static string[] Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
