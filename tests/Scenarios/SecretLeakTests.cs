using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Drivers.Tests;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Sql;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Scenarios;

/// <summary>No password is ever seen outside of a Secret: not in a log line of any level, not in an Event, not in any state of any object.</summary>
public sealed class SecretLeakTests(MariaDbEngine mariaDb, PostgreSqlEngine postgreSql) : IClassFixture<MariaDbEngine>, IClassFixture<PostgreSqlEngine>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_password_leaves_its_Secret()
    {
        var driverPassword = NewPassword();
        using var files = await FileServer.StartAsync(Token, driverPassword);
        await using var laptop = await Laptop.StartInsideAsync("reads every line that its operator logs", withOperator: false);
        using var record = PublicRecord.Begin(laptop.Host);
        laptop.StartOperator();
        await RunClusterAsync(laptop);
        await RunExternalServerAsync(laptop, "maria", mariaDb);
        await RunExternalServerAsync(laptop, "postgres", postgreSql);
        await RunDriverAsync(laptop, files, driverPassword);
        await laptop.Operators[0].StopAsync();

        var states = record.States;
        foreach (var resource in (string[])["batch/jobs", "/pods", "apps/statefulsets", "/events", "/configmaps", "k8s.dolthub.com/databases", "k8s.dolthub.com/externalinstances"])
            states.Keys.ShouldContain(resource);
        var log = laptop.Operators[0].Log.Lines;
        log.Select(static line => line.Level).ShouldContain(LogLevel.Debug);
        var passwords = record.Passwords;
        passwords.Keys.ShouldContain(name => name.StartsWith("default/shop-app password", StringComparison.Ordinal));
        passwords.Values.ShouldContain(mariaDb.Server.Password);
        passwords.Count.ShouldBeGreaterThan(15);
        var scanner = new SecretScanner(passwords.Select(static (pair, number) => KeyValuePair.Create(pair.Key[..pair.Key.LastIndexOf(' ')], pair.Value)));
        log.SelectMany(line => scanner.Find(line.Category, line.Text)).ShouldBeEmpty();
        states.SelectMany(pair => pair.Value.SelectMany(state => scanner.Find(pair.Key, state))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_password_that_is_planted_is_found()
    {
        await using var laptop = await Laptop.StartInsideAsync("reads every state of every object", withOperator: false);
        using var record = PublicRecord.Begin(laptop.Host);
        var password = NewPassword();
        await laptop.ApplyAsync($"apiVersion: v1\nkind: Secret\nmetadata: {{name: planted}}\nstringData: {{password: '{password}'}}");
        await laptop.ApplyAsync($"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: planted}}\ndata: {{url: 'mysql://root:{Uri.EscapeDataString(password)}@db'}}");
        await laptop.ApplyAsync("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: planted}\ndata: {url: 'mysql://db'}");
        var scanner = new SecretScanner(record.Passwords.Where(pair => pair.Value == password));
        record.States.SelectMany(pair => pair.Value.SelectMany(state => scanner.Find(pair.Key, state))).Select(leak => leak.Place).ShouldBe(["/configmaps"]);
    }

    /// <summary>Databases, accounts and privileges in a DoltDB, whose administrator's password and one of whose accounts' changes.</summary>
    private static async Task RunClusterAsync(Laptop laptop)
    {
        await laptop.ApplyAsync(Secret("dolt-credentials", $"admin-user: chief, admin-password: '{NewPassword()}'"));
        await laptop.ApplyAsync(Reference.Servers("dolt", 2));
        await laptop.AwaitReadyAsync("dolt");
        await laptop.ApplyAsync(Secret("given", $"password: '{NewPassword()}'"));
        await laptop.ApplyAsync(Objects("shop", "doltDBRef: {name: dolt}", "passwordSecretKeyRef: {name: given, key: password}"));
        await AwaitCreatedAsync(laptop, "shop");

        var (administrator, account) = (NewPassword(), NewPassword());
        await laptop.ApplyAsync(Secret("dolt-credentials", $"admin-user: chief, admin-password: '{administrator}'"));
        await laptop.ApplyAsync(Secret("given", $"password: '{account}'"));
        await AwaitLoginAsync(laptop, "chief", administrator);
        await AwaitLoginAsync(laptop, "reader-shop", account);
        await laptop.ApplyAsync(Secret("given", "other: nothing"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "shop", "PasswordUnavailable");
        await laptop.ApplyAsync(Secret("given", $"password: '{account}'"));
        await AwaitCreatedAsync(laptop, "shop");
        await DeleteAsync(laptop, "shop");
    }

    /// <summary>The same on a server that first refuses the administrator, then an account, then nothing.</summary>
    private static async Task RunExternalServerAsync(Laptop laptop, string name, TestEngine engine)
    {
        var server = new ExternalServer(engine);
        await laptop.ApplyAsync(server.Instance(name, NewPassword()));
        await laptop.ApplyAsync(Objects($"{name}db", $"instanceRef: {{name: {name}}}", $"passwordSecretKeyRef: {{name: {name}-given, key: password, generate: true}}"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.ExternalInstance, name, "AccessDenied");
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, $"{name}db", "AccessDenied");
        await laptop.ApplyAsync(server.AdministratorSecret(name));
        await AwaitCreatedAsync(laptop, $"{name}db");
        await laptop.ApplyAsync(Secret($"{name}-given", $"password: '{NewPassword()}'"));
        await laptop.ApplyAsync(Refused(name));
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, $"{name}-refused", "Conflict");
        await laptop.DeleteAsync(DoltKinds.User, $"{name}-refused");
        await DeleteAsync(laptop, $"{name}db");
        await laptop.DeleteAsync(DoltKinds.ExternalInstance, name);
    }

    /// <summary>A driver's Jobs: one that is refused, those that make and drop a database.</summary>
    private static async Task RunDriverAsync(Laptop laptop, FileServer files, string password)
    {
        await laptop.ApplyAsync(Archive(files, NewPassword()));
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "archived", "AccessDenied");
        await laptop.ApplyAsync(Archive(files, password));
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "archived");
        await laptop.DeleteAsync(DoltKinds.Database, "archived");
    }

    /// <summary>What a URL, a shell and JSON each write in another way.</summary>
    private static string NewPassword() => $"Pw/{Guid.NewGuid():N}\"+ &%";

    private static string Secret(string name, string data) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}}
        stringData: { {{data}} }
        """;

    private static string Objects(string name, string server, string password) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Database
        metadata: {name: {{name}}}
        spec: { {{server}}, name: {{name}}, owner: {name: keeper-{{name}}}, connectionSecret: {name: {{name}}-app}, finalBackup: {skip: true}, requeueInterval: 200ms}
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: User
        metadata: {name: {{name}}}
        spec: { {{server}}, name: reader-{{name}}, {{password}}, requeueInterval: 200ms, retryInterval: 200ms}
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Grant
        metadata: {name: {{name}}}
        spec: { {{server}}, username: reader-{{name}}, database: {{name}}, table: "*", privileges: [SELECT], requeueInterval: 200ms}
        """;

    private static string Refused(string name) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: User
        metadata: {name: {{name}}-refused}
        spec: {instanceRef: {name: {{name}}}, name: reader-{{name}}db, passwordSecretKeyRef: {name: {{name}}-given, key: password} }
        """;

    private static string Archive(FileServer files, string password) => $$"""
        {{Secret("archive-admin", $"password: '{password}'")}}
        ---
        {{Manifests.Archive(files)}}
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Database
        metadata: {name: archived}
        spec: {instanceRef: {name: archive}, name: archived, owner: {name: keeper}, connectionSecret: {}, cleanupPolicy: Delete, finalBackup: {skip: true} }
        """;

    private static async Task AwaitCreatedAsync(Laptop laptop, string name)
    {
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, name);
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, name);
        await laptop.AwaitSqlObjectAsync(DoltKinds.Grant, name);
    }

    private static Task AwaitLoginAsync(Laptop laptop, string user, string password) =>
        Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("dolt-primary", user, password), "SELECT CURRENT_USER()", $"{user}@%");

    private static async Task DeleteAsync(Laptop laptop, string name)
    {
        await laptop.DeleteAsync(DoltKinds.Grant, name);
        await laptop.DeleteAsync(DoltKinds.User, name);
        await laptop.DeleteAsync(DoltKinds.Database, name);
    }
}
