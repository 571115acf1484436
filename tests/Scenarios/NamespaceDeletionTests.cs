using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Scenarios;

/// <summary>A team's namespace is deleted with all that is in it: every object at once, in any order, and nothing may be created there any more.</summary>
public sealed class NamespaceDeletionTests
{
    private const string Team = "team";

    /// <summary>The DoltDB of another team, which to this one is a server that somebody else runs.</summary>
    private const string Neighbour = "dolt";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("Secret")]
    [InlineData("DoltDB")]
    [InlineData("ExternalInstance")]
    [InlineData("Database")]
    [InlineData("Grant")]
    public async Task A_namespace_goes_whatever_goes_first(string first)
    {
        await using var laptop = await StartAsync(replicas: first.Length == 0 ? 2 : 1);
        await laptop.Client.DeleteAsync(BuiltInKinds.Namespace, new NamespacedName("", Team), new DeleteOptions(), Token);
        await DeleteFirstAsync(laptop, first);
        await AwaitGoneAsync(laptop);

        // What the neighbour has is the neighbour's, and its server was never touched.
        var neighbour = await laptop.Client.GetAsync(DoltKinds.DoltDb, new NamespacedName("default", Neighbour), Token);
        Laptop.IsReady(neighbour!).ShouldBeTrue();
    }

    [Fact]
    public async Task A_namespace_goes_when_its_own_server_is_unreachable()
    {
        await using var laptop = await StartAsync();
        await laptop.SignalAsync("dolt-0", ServerSignal.Freeze);
        await laptop.Client.DeleteAsync(BuiltInKinds.Namespace, new NamespacedName("", Team), new DeleteOptions(), Token);
        await AwaitSqlObjectsGoneAsync(laptop);

        // A frozen container takes no SIGTERM: its pod ends with the grace period, and the volume with the pod.
        await laptop.SignalAsync("dolt-0", ServerSignal.Thaw);
        await AwaitGoneAsync(laptop);
    }

    [Fact]
    public async Task A_namespace_goes_when_the_external_server_is_unreachable_and_its_databases_stay()
    {
        await using var laptop = await StartAsync();
        var container = laptop.Host.Container(new NamespacedName("default", "dolt-0"))!;
        container.Freeze();
        await laptop.Client.DeleteAsync(BuiltInKinds.Namespace, new NamespacedName("", Team), new DeleteOptions(), Token);
        await AwaitGoneAsync(laptop);
        container.Thaw();
        await Laptop.AwaitAnswerAsync(() => ConnectNeighbourAsync(laptop), "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'elsewhere'", "1");
    }

    [Fact]
    public async Task A_namespace_that_is_deleted_while_no_operator_runs_goes_with_the_next_one()
    {
        await using var laptop = await StartAsync();
        await laptop.Operators[0].StopAsync();
        await laptop.Client.DeleteAsync(BuiltInKinds.Namespace, new NamespacedName("", Team), new DeleteOptions(), Token);
        await laptop.AwaitGoneAsync(DoltKinds.DoltDb, "dolt");
        await laptop.AwaitGoneAsync(BuiltInKinds.Secret, "elsewhere-admin");
        (await laptop.GetAsync(DoltKinds.Database, "shop")).ShouldNotBeNull();
        laptop.StartOperator();
        await AwaitGoneAsync(laptop);
    }

    private static async Task<Laptop> StartAsync(int replicas = 1)
    {
        var laptop = await Laptop.StartInsideAsync("deletes a namespace while servers are frozen", ns: Team);
        await laptop.Host.ApplyAsync(NeighbourManifest, "neighbour", Token);
        await laptop.ApplyAsync(Reference.Servers("dolt", replicas));
        await laptop.AwaitReadyAsync("dolt");
        await Laptop.AwaitAnswerAsync(() => ConnectNeighbourAsync(laptop), "SELECT 1", "1");
        var address = await DirectAddresses.OfServiceAsync(laptop.Client, new NamespacedName("default", Neighbour), Token);
        await laptop.ApplyAsync(Instance(address));
        await laptop.ApplyAsync(Objects("shop", "doltDBRef: {name: dolt}"));
        await laptop.ApplyAsync(Objects("elsewhere", "instanceRef: {name: elsewhere}"));
        await laptop.ApplyAsync(Database("protected", "doltDBRef: {name: dolt}", """k8s.dolthub.com/deletion-protection: "true" """));
        await laptop.ApplyAsync(Database("undecided", "instanceRef: {name: elsewhere}", """example.com/backup: "nobody has said" """));
        foreach (var database in (string[])["shop", "elsewhere", "protected", "undecided"])
            await laptop.AwaitSqlObjectAsync(DoltKinds.Database, database);
        foreach (var name in (string[])["shop", "elsewhere"])
        {
            await laptop.AwaitSqlObjectAsync(DoltKinds.User, name);
            await laptop.AwaitSqlObjectAsync(DoltKinds.Grant, name);
        }

        await laptop.AwaitSqlObjectAsync(DoltKinds.ExternalInstance, "elsewhere", "Reachable");
        return laptop;
    }

    /// <summary>All objects of one kind, before anything else goes.</summary>
    private static async Task DeleteFirstAsync(Laptop laptop, string kind)
    {
        Task DeleteAllAsync<T>(ResourceKind<T> of, params string[] names)
            where T : class, IKubernetesObject =>
            Task.WhenAll(names.Select(name => laptop.Client.DeleteAsync(of, new NamespacedName(Team, name), new DeleteOptions(), Token)));

        await (kind switch
        {
            "Secret" => DeleteAllAsync(BuiltInKinds.Secret, "elsewhere-admin", "dolt-credentials", "shop", "elsewhere"),
            "DoltDB" => DeleteAllAsync(DoltKinds.DoltDb, "dolt"),
            "ExternalInstance" => DeleteAllAsync(DoltKinds.ExternalInstance, "elsewhere"),
            "Database" => DeleteAllAsync(DoltKinds.Database, "shop", "elsewhere", "protected", "undecided"),
            "Grant" => DeleteAllAsync(DoltKinds.Grant, "shop", "elsewhere"),
            _ => Task.CompletedTask,
        });
    }

    private static async Task AwaitSqlObjectsGoneAsync(Laptop laptop)
    {
        await laptop.AwaitListAsync(DoltKinds.Grant, "", static found => found.Count == 0, "the Grants to go");
        await laptop.AwaitListAsync(DoltKinds.User, "", static found => found.Count == 0, "the Users to go");
        await laptop.AwaitListAsync(DoltKinds.Database, "", static found => found.Count == 0, "the Databases to go");
        await laptop.AwaitListAsync(DoltKinds.ExternalInstance, "", static found => found.Count == 0, "the ExternalInstance to go");
    }

    /// <summary>The namespace is gone, so nothing was left in it; and no pass of an operator failed again and again on the way.</summary>
    private static async Task AwaitGoneAsync(Laptop laptop)
    {
        await Laptop.AwaitTextAsync(
            async () => await laptop.Client.GetAsync(BuiltInKinds.Namespace, new NamespacedName("", Team), Token) is { } left
                ? left.Status?.Conditions.Find("NamespaceFinalizersRemaining")?.Message ?? "there"
                : "gone",
            "gone");
        laptop.Operators.SelectMany(one => one.Log.Lines).Where(line => line.Level >= LogLevel.Error).ShouldBeEmpty();
    }

    private static async Task<Sql.DoltServer> ConnectNeighbourAsync(Laptop laptop)
    {
        var address = await DirectAddresses.OfServiceAsync(laptop.Client, new NamespacedName("default", Neighbour), Token);
        var endpoint = new Sql.DoltEndpoint { Host = address.Host, Port = address.Port, User = "admin-user-test", Password = "12345" };
        return await new Sql.DoltConnector(TimeProvider.System).ConnectAsync(endpoint, TimeSpan.FromSeconds(15), Token);
    }

    private static string NeighbourManifest => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: dolt-credentials}
        stringData: {admin-user: admin-user-test, admin-password: "12345"}
        ---
        {{Reference.Servers(Neighbour, 1)}}
        """;

    private static string Instance(Address address) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: elsewhere-admin}
        stringData: {password: "12345"}
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: ExternalInstance
        metadata: {name: elsewhere}
        spec:
          engine: Dolt
          host: {{address.Host}}
          port: {{address.Port}}
          tls: {mode: Disable}
          adminCredentials:
            username: {value: admin-user-test}
            password: {valueFrom: {secretKeyRef: {name: elsewhere-admin, key: password} } }
        """;

    private static string Objects(string name, string server) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Database
        metadata: {name: {{name}}}
        spec:
          {{server}}
          name: {{name}}
          owner: {name: keeper-{{name}}}
          connectionSecret: {}
          finalBackup: {skip: true}
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: User
        metadata: {name: {{name}}}
        spec:
          {{server}}
          name: reader-{{name}}
          passwordSecretKeyRef: {name: reader-{{name}}, key: password, generate: true}
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Grant
        metadata: {name: {{name}}}
        spec:
          {{server}}
          username: reader-{{name}}
          database: {{name}}
          table: "*"
          privileges: [SELECT]
        """;

    private static string Database(string name, string server, string annotation) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Database
        metadata:
          name: {{name}}
          annotations: { {{annotation}} }
        spec: { {{server}}, name: {{name}} }
        """;
}
