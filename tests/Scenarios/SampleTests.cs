using System.Text.RegularExpressions;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Drivers.Tests;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Scenarios;

/// <summary>The samples and the examples about databases do what they say, word for word but for the addresses of servers.</summary>
public sealed partial class SampleTests(MariaDbEngine mariaDb, PostgreSqlEngine postgreSql) : IClassFixture<MariaDbEngine>, IClassFixture<PostgreSqlEngine>
{
    private const string Document = "docs/databases.md";

    /// <summary>The kinds, each with the file of its sample.</summary>
    public static TheoryData<string> Kinds => ["DoltDB", "Database", "User", "Grant", "ExternalInstance", "DatabaseDriver"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_has_a_sample_and_a_section_with_an_example_that_names_it(string kind)
    {
        RepositoryFiles.Read(Sample(kind)).ShouldContain($"\nkind: {kind}\n");
        var section = Regex.Split(RepositoryFiles.Read(Document), "^## ", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Single(text => text.StartsWith(kind + "\n", StringComparison.Ordinal));
        section.ShouldContain(Sample(kind));
        string.Concat(Examples().Select(match => match.Value)).ShouldContain($"\nkind: {kind}\n");
    }

    [Fact]
    public async Task The_samples_of_a_cluster_with_a_database_an_account_and_privileges_become_ready()
    {
        await using var laptop = await Laptop.StartAsync();
        foreach (var sample in (string[])["config/samples/quickstart.yaml", Sample("Database"), Sample("User"), Sample("Grant"), Sample("DoltDB")])
            await AwaitAllAsync(laptop, await laptop.ApplyAsync(RepositoryFiles.Read(sample)));
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("my-dolt-primary", "reader", "change-me"), "SELECT COUNT(*) FROM inventory.dolt_branches WHERE name = 'staging'", "1");
    }

    [Fact]
    public async Task The_sample_of_a_server_that_somebody_else_runs_becomes_ready()
    {
        await using var laptop = await Laptop.StartInsideAsync("its operator reaches a server of this machine");
        await AwaitAllAsync(laptop, await laptop.ApplyAsync(AtPostgreSql(RepositoryFiles.Read(Sample("ExternalInstance")))));
        await using var application = await new ExternalServer(postgreSql).ConnectAsync((await laptop.GetAsync(BuiltInKinds.Secret, "orders"))!);
        await application.ExecuteAsync("CREATE TABLE items (id INT PRIMARY KEY)");
    }

    [Fact]
    public async Task The_sample_of_a_server_that_the_Database_names_itself_becomes_ready()
    {
        // The examples of the documentation name the same database on the same server.
        await using (var administrator = await mariaDb.LoginAsAdministratorAsync("mysql"))
        {
            await administrator.ExecuteAsync("DROP DATABASE IF EXISTS ledger");
            await administrator.ExecuteAsync("DROP USER IF EXISTS ledger");
        }

        await using var laptop = await Laptop.StartInsideAsync("its operator reaches a server of this machine");
        await AwaitAllAsync(laptop, await laptop.ApplyAsync(AtMariaDb(RepositoryFiles.Read("config/samples/database-inline.yaml"))));
        await using var application = await new ExternalServer(mariaDb).ConnectAsync((await laptop.GetAsync(BuiltInKinds.Secret, "ledger"))!);
        await application.ExecuteAsync("CREATE TABLE items (id INT PRIMARY KEY)");
        await laptop.DeleteAsync(DoltKinds.Database, "ledger");
        (await new ExternalServer(mariaDb).HasDatabaseAsync("ledger")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_sample_of_a_driver_becomes_ready()
    {
        using var files = await FileServer.StartAsync(Token, "change-me");
        await using var laptop = await Laptop.StartInsideAsync("runs a program of this machine as a container");
        await AwaitAllAsync(laptop, await laptop.ApplyAsync(AtFiles(RepositoryFiles.Read(Sample("DatabaseDriver")), files)));
        (files.HasDatabase("shop"), files.HasAccount("keeper")).ShouldBe((true, true));
    }

    [Fact]
    public async Task The_examples_of_the_documentation_become_ready()
    {
        using var files = await FileServer.StartAsync(Token, "change-me");
        await using var laptop = await Laptop.StartInsideAsync("reaches servers and runs programs of this machine");
        await laptop.ApplyAsync($"apiVersion: v1\nkind: Secret\nmetadata: {{name: orders-admin}}\nstringData: {{password: {postgreSql.Server.Password}}}");
        await laptop.ApplyAsync($"apiVersion: v1\nkind: Secret\nmetadata: {{name: orders-ca}}\ndata: {{ca.crt: {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(postgreSql.CertificateAuthorityPem))}}}");
        await laptop.ApplyAsync($"apiVersion: v1\nkind: Secret\nmetadata: {{name: ledger-admin}}\nstringData: {{password: {mariaDb.Server.Password}}}");
        await laptop.ApplyAsync("apiVersion: v1\nkind: Secret\nmetadata: {name: archive-admin}\nstringData: {password: change-me}");
        var applied = new List<AppliedManifest>();
        foreach (var example in Examples())
            applied.AddRange(await laptop.ApplyAsync(AtFiles(AtMariaDb(AtPostgreSql(example.Groups["yaml"].Value)), files)));
        await AwaitAllAsync(laptop, applied);
    }

    private static string Sample(string kind) => $"config/samples/{kind.ToLowerInvariant()}.yaml";

    private static IEnumerable<Match> Examples() => Example().Matches(RepositoryFiles.Read(Document));

    /// <summary>The manifests with the address and the administrator of a PostgreSQL that there is.</summary>
    private string AtPostgreSql(string yaml) => yaml
        .Replace("  port: 5432\n", "", StringComparison.Ordinal)
        .Replace("host: orders.databases.example.com", $"host: {postgreSql.Server.Host}\n  port: {postgreSql.Server.Port}", StringComparison.Ordinal)
        .Replace("mode: VerifyIdentity", "mode: VerifyCA", StringComparison.Ordinal)
        .Replace("value: postgres", $"value: {postgreSql.Server.User}", StringComparison.Ordinal)
        .Replace("password: change-me", $"password: {postgreSql.Server.Password}", StringComparison.Ordinal);

    /// <summary>The manifests with the address and the administrator of a MariaDB that there is.</summary>
    private string AtMariaDb(string yaml) => yaml
        .Replace("ledger.databases.example.com", mariaDb.Server.Host, StringComparison.Ordinal)
        .Replace("port: \"3306\"", $"port: \"{mariaDb.Server.Port}\"", StringComparison.Ordinal)
        .Replace("value: root", $"value: {mariaDb.Server.User}", StringComparison.Ordinal)
        .Replace("password: change-me", $"password: {mariaDb.Server.Password}", StringComparison.Ordinal);

    /// <summary>The manifests with the program of the sample driver, and a directory that there is.</summary>
    private static string AtFiles(string yaml, FileServer files) => yaml
        .Replace("  engines:", $"  command: [\"{FileServer.Program}\"]\n  engines:", StringComparison.Ordinal)
        .Replace("/srv/archive", files.Path, StringComparison.Ordinal);

    private static async Task AwaitAllAsync(Laptop laptop, IReadOnlyList<AppliedManifest> applied)
    {
        foreach (var one in applied)
        {
            one.Warnings.ShouldBeEmpty();
            await (one.Kind switch
            {
                "DoltDB" => laptop.AwaitReadyAsync(one.Name),
                "Database" => laptop.AwaitSqlObjectAsync(DoltKinds.Database, one.Name),
                "User" => laptop.AwaitSqlObjectAsync(DoltKinds.User, one.Name),
                "Grant" => laptop.AwaitSqlObjectAsync(DoltKinds.Grant, one.Name),
                "ExternalInstance" => laptop.AwaitSqlObjectAsync(DoltKinds.ExternalInstance, one.Name, one.Name == "archive" ? "ManagedByDriver" : "Reachable"),
                _ => Task.CompletedTask,
            });
        }
    }

    [GeneratedRegex("```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Example();
}
