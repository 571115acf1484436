using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Kubectl.Tests.Support;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Tests;

/// <summary>What stands between a user and a server is told.</summary>
public sealed class SqlReachTests
{
    /// <summary>A port that nobody listens on.</summary>
    private const int ClosedPort = 9;

    [Fact]
    public async Task Without_kubectl_an_address_out_of_reach_is_told()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        await desk.CreateAsync(BuiltInKinds.Secret, Credentials("admin-user", "admin-password"));
        await desk.CreateAsync(BuiltInKinds.Pod, DoltDbs.Pod("db", 0, ClosedPort));
        await desk.PatchPodStatusAsync("db-0", new JsonObject { ["podIP"] = "127.0.0.1" });

        var outcome = await desk.RunAsync("sql", "db", "-q", "SELECT 1");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("db-0 is not reached at 127.0.0.1:9; forwarding a port");
        outcome.Error.ShouldContain("there is no kubectl on the PATH to forward a port with");
        outcome.Error.ShouldNotContain("secret-word");
    }

    [Fact]
    public async Task A_missing_Secret_is_named()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        await desk.CreateAsync(BuiltInKinds.Pod, DoltDbs.Pod("db", 0));

        (await desk.RunAsync("sql", "db")).Error.ShouldContain("Secret db-credentials does not exist");
    }

    [Fact]
    public async Task A_Secret_without_its_key_is_named()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        await desk.CreateAsync(BuiltInKinds.Pod, DoltDbs.Pod("db", 0));
        await desk.CreateAsync(BuiltInKinds.Secret, Credentials("admin-user", "word"));

        (await desk.RunAsync("sql", "db")).Error.ShouldContain("Secret db-credentials has no key admin-password");
    }

    [Fact]
    public async Task A_cluster_without_a_primary_or_a_standby_is_told()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy(replicas: 2);

        await desk.StoreAsync(healthy with { Status = healthy.Status! with { CurrentPrimary = null } });
        (await desk.RunAsync("sql", "db")).Error.ShouldContain("DoltDB 'db' has no known primary now");

        await desk.StoreAsync(healthy with { Status = healthy.Status!.WithMember(1, member => member with { Reachable = false }) });
        (await desk.RunAsync("sql", "db", "--standby")).Error.ShouldContain("DoltDB 'db' has no standby that answers now");
    }

    private static Secret Credentials(string userKey, string passwordKey) => new()
    {
        Metadata = new ObjectMeta { Name = "db-credentials", Namespace = "default" },
        Data = new() { [userKey] = Convert.ToBase64String("root"u8), [passwordKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes("secret-word")) },
    };
}
