using System.Diagnostics;
using System.Runtime.Versioning;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Tests.Clusters;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Core.Tests.Resources;

/// <summary>The pods' scripts run by a real shell, with a program in dolt's place that writes down how it was called.</summary>
[SupportedOSPlatform("linux")]
public sealed class ScriptTests : IDisposable
{
    private const string FakeDolt = """
        #!/bin/sh
        printf '%s\n' "$*" >> "$CALLS"
        if [ "$1 $2" = "remote -v" ]; then cat .dolt/remotes; fi
        if [ "$1" = sql ]; then cat >> "$SQL"; mkdir -p .doltcfg; : > .doltcfg/privileges.db; fi
        """;

    /// <summary>A sleep that lasts until the test says go, and leaves a line.</summary>
    private const string FakeSleep = """
        #!/bin/sh
        cd "$(dirname "$CALLS")"
        echo slept >> slept
        while [ ! -f go ]; do /bin/sleep 0.01; done
        """;

    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string root = Directory.CreateTempSubdirectory("doltdb-scripts-").FullName;

    public ScriptTests()
    {
        foreach (var directory in (string[])["bin", "db", "etc"])
            Directory.CreateDirectory(Path.Combine(root, directory));
        foreach (var (program, text) in new[] { ("dolt", FakeDolt), ("sleep", FakeSleep) })
        {
            File.WriteAllText(Path.Combine(root, "bin", program), text);
            File.SetUnixFileMode(Path.Combine(root, "bin", program), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.WriteAllText(Path.Combine(root, "etc", "db-0.yaml"), "listener: {}\n");
    }

    private string Calls => File.ReadAllText(Path.Combine(root, "calls"));

    private string Sql => File.ReadAllText(Path.Combine(root, "sql"));

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void The_first_start_writes_configuration_and_administrator()
    {
        Run(Scripts.Init, "root", "secret").ShouldBe(0);
        File.ReadAllText(Path.Combine(root, "db", "config.yaml")).ShouldBe("listener: {}\n");
        Sql.ShouldContain("CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY 'secret';");
        Sql.ShouldContain("GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;");
        Calls.ShouldNotContain("secret", Case.Sensitive, "no password is in a process argument");
    }

    [Theory]
    [InlineData("x'; DROP DATABASE shop; --", "$(touch pwned)")]
    [InlineData("root", "it's `touch pwned` \\ \"quoted\" $HOME")]
    [InlineData("a\\'b", "%s%n\\n")]
    public void Hostile_credentials_are_quoted_and_never_executed(string user, string password)
    {
        Run(Scripts.Init, user, password).ShouldBe(0);
        Directory.EnumerateFiles(root, "pwned", SearchOption.AllDirectories).ShouldBeEmpty();
        Sql.ShouldContain($"CREATE USER IF NOT EXISTS {Quoted(user)}@'%' IDENTIFIED BY {Quoted(password)};");
    }

    [Fact]
    public void A_second_start_renews_the_configuration_and_leaves_the_accounts_alone()
    {
        Run(Scripts.Init, "root", "secret").ShouldBe(0);
        File.WriteAllText(Path.Combine(root, "etc", "db-0.yaml"), "listener: {port: 3307}\n");
        var before = Sql;
        Run(Scripts.Init, "root", "changed").ShouldBe(0);
        Sql.ShouldBe(before);
        File.ReadAllText(Path.Combine(root, "db", "config.yaml")).ShouldBe("listener: {port: 3307}\n");
    }

    [Fact]
    public void A15_A_volume_of_another_cluster_forgets_where_that_cluster_is()
    {
        WriteConfiguration("db-0", new Situation { Spec = Situation.Replicated(3, 0) });
        WriteDatabase("moved", "db-1 http://db-1.db-internal.production:50051/moved", "origin https://doltremoteapi.dolthub.com/shop/moved", "db-2 http://db-2.db-internal.ns:50051/moved");
        WriteDatabase("ported", "db-1 http://db-1.db-internal.ns:50055/ported");
        WriteDatabase("ours", "db-1 http://db-1.db-internal.ns:50051/ours", "db-2 http://db-2.db-internal.ns:50051/ours");
        Run(Scripts.Init, "root", "secret").ShouldBe(0);
        Calls.Split('\n').Where(call => call.StartsWith("remote", StringComparison.Ordinal)).ShouldBe(["remote -v", "remote remove db-1", "remote -v", "remote remove db-1"]);
    }

    [Fact]
    public void A15_A_server_without_replication_keeps_every_remote()
    {
        WriteConfiguration("db-0", new Situation { Spec = """{"engineVersion":"1.57.2","storage":{"size":"1Gi"}}""" });
        WriteDatabase("shop", "db-1 http://db-1.db-internal.production:50051/shop");
        Run(Scripts.Init, "root", "secret").ShouldBe(0);
        Calls.ShouldNotContain("remote");
    }

    [Theory]
    [InlineData("db-1", true, "standby")]
    [InlineData("db-0", true, "primary")]
    [InlineData("", true, "primary")]
    [InlineData(null, true, "standby")]
    [InlineData(null, false, "primary")]
    public void A_server_begins_as_a_standby_where_another_has_become_primary_or_it_cannot_know(string? primary, bool isReplicated, string role)
    {
        File.WriteAllText(Path.Combine(root, "etc", "db-0.yaml"), isReplicated ? "cluster:\n" : "listener: {}\n");
        Directory.CreateDirectory(Path.Combine(root, "db", ".dolt"));
        var settings = Path.Combine(root, "db", ".dolt", "config_global.json");
        File.WriteAllText(settings, """{"sqlserver.cluster.dolt_cluster_role":"primary","sqlserver.cluster.dolt_cluster_role_epoch":"7","user.name":"primary"}""");
        if (primary is not null)
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(root, "etc-primary")).FullName, "primary"), primary);
        Run(Scripts.Init, "root", "secret").ShouldBe(0);
        File.ReadAllText(settings).ShouldBe($$"""{"sqlserver.cluster.dolt_cluster_role":"{{role}}","sqlserver.cluster.dolt_cluster_role_epoch":"7","user.name":"primary"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","server":{"metrics":{"enabled":true,"labels":{"bootstrap_role":"primary","cluster":"x\n  bootstrap_role: primary"}}}""")]
    public void A21_No_server_is_told_to_begin_as_primary(string more)
    {
        WriteConfiguration("db-0", new Situation { Spec = Situation.Replicated(3, 0, more) });
        var given = File.ReadAllText(Path.Combine(root, "etc", "db-0.yaml"));
        Run(Scripts.Init, "root", "secret").ShouldBe(0);
        var cluster = Section("cluster");
        cluster.ShouldStartWith("cluster:\n  bootstrap_role: standby\n  bootstrap_epoch: 0\n  standby_remotes:\n  - name: db-1\n");
        cluster.Split('\n').Count(line => line.Contains("bootstrap_", StringComparison.Ordinal)).ShouldBe(2);
        File.ReadAllLines(Path.Combine(root, "db", "config.yaml")).Order().ShouldBe(
            given.TrimEnd('\n').Replace("  bootstrap_epoch: 1\n  bootstrap_role: primary\n", "  bootstrap_role: standby\n  bootstrap_epoch: 0\n", StringComparison.Ordinal).Split('\n').Order(),
            "all else is as the ConfigMap has it");
    }

    [Theory]
    [InlineData("""

        behavior:
          auto_gc_behavior:
            enable: true
        log_level: trace
        cluster:
          standby_remotes:
          - name: db-1
            remote_url_template: http://db-1.db-internal.ns:50051/{database}
          bootstrap_epoch: 1
          bootstrap_role: primary
          remotesapi:
            port: 50051
        listener:
          host: 0.0.0.0
        """)]
    [InlineData("""
        cluster:
          standby_remotes:
          - name: "db-1"
            remote_url_template: "http://db-1.db-internal.ns:50051/{database}"
          bootstrap_role: "primary"
        """)]
    [InlineData("cluster:\n  standby_remotes:\n  - name: db-1\n    remote_url_template: http://db-1.db-internal.ns:50051/{database}\n")]
    public void A21_A_configuration_that_another_operator_wrote_makes_no_primary_either(string configuration)
    {
        File.WriteAllText(Path.Combine(root, "etc", "db-0.yaml"), configuration.TrimEnd('\n') + "\n");
        WriteDatabase("moved", "db-1 http://db-1.db-internal.production:50051/moved");
        WriteDatabase("ours", "db-1 http://db-1.db-internal.ns:50051/ours");
        Run(Scripts.Init, "root", "secret").ShouldBe(0);
        Section("cluster").Split('\n').Where(line => line.Contains("bootstrap_", StringComparison.Ordinal)).ShouldBe(["  bootstrap_role: standby", "  bootstrap_epoch: 0"]);
        Calls.Split('\n').Count(call => call.StartsWith("remote remove", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void A_pod_whose_configuration_is_missing_does_not_begin()
    {
        File.Delete(Path.Combine(root, "etc", "db-0.yaml"));
        Run(Scripts.Init, "root", "secret").ShouldNotBe(0);
    }

    [Fact]
    public void C15_A_standby_ends_at_once()
    {
        File.WriteAllText(Path.Combine(root, "etc", "db-0.yaml"), "cluster:\n");
        WriteRole("standby", LongAgo);
        Run(Scripts.PreStop, "root", "secret").ShouldBe(0);
    }

    [Fact]
    public async Task C15_A_primary_ends_as_soon_as_another_has_its_role()
    {
        WriteRole("primary", LongAgo);
        await AssertWaitsAsync(() => WriteRole("standby", LongAgo));
    }

    [Fact]
    public async Task C15_A_primary_that_stepped_down_a_moment_ago_stays_until_its_successor_was_compared_with_it()
    {
        WriteRole("standby", TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
        await AssertWaitsAsync(() => WriteRole("standby", LongAgo));
    }

    /// <summary>The hook waits, and ends at the first look after the change.</summary>
    private async Task AssertWaitsAsync(Action change)
    {
        await File.WriteAllTextAsync(Path.Combine(root, "etc", "db-0.yaml"), "cluster:\n", TestContext.Current.CancellationToken);
        var ended = Task.Run(() => Run(Scripts.PreStop, "root", "secret"), TestContext.Current.CancellationToken);
        var slept = Path.Combine(root, "slept");
        await Eventually.HoldsAsync(() => File.Exists(slept), "it waits for the operator");
        change();
        await File.WriteAllTextAsync(Path.Combine(root, "go"), "", TestContext.Current.CancellationToken);
        (await ended).ShouldBe(0);
        (await File.ReadAllLinesAsync(slept, TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
    }

    /// <summary>The role as a server keeps it, and when it last changed.</summary>
    private void WriteRole(string role, DateTime changed)
    {
        var roles = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "db", ".dolt")).FullName, "config_global.json");
        File.WriteAllText(roles, $$"""{"sqlserver.cluster.dolt_cluster_role": "{{role}}"}""");
        File.SetLastWriteTimeUtc(roles, changed);
    }

    /// <summary>A section of the file that the server reads.</summary>
    private string Section(string key)
    {
        var lines = File.ReadAllLines(Path.Combine(root, "db", "config.yaml")).SkipWhile(line => line != key + ":").ToList();
        return string.Join('\n', lines.Take(1).Concat(lines.Skip(1).TakeWhile(line => line.StartsWith(' '))));
    }

    private void WriteConfiguration(string pod, Situation situation) =>
        File.WriteAllText(Path.Combine(root, "etc", pod + ".yaml"), situation.Plan().Desired!.ConfigMap.Data![pod + ".yaml"]);

    /// <summary>A database as Dolt leaves it on the volume, with its remotes.</summary>
    private void WriteDatabase(string name, params string[] remotes)
    {
        var directory = Directory.CreateDirectory(Path.Combine(root, "db", name, ".dolt")).FullName;
        File.WriteAllLines(Path.Combine(directory, "remotes"), remotes);
        var entries = remotes.Select(remote => remote.Split(' ')).Select(remote => $$"""    "{{remote[0]}}": { "name": "{{remote[0]}}", "url": "{{remote[1]}}", "params": {} }""");
        File.WriteAllText(Path.Combine(directory, "repo_state.json"), $$"""
            { "head": "refs/heads/main", "remotes": {
            {{string.Join(",\n", entries)}}
            } }
            """);
    }

    private static string Quoted(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "'";

    private int Run(string script, string user, string password)
    {
        var placed = script.Replace("/etc/doltdb", Path.Combine(root, "etc"), StringComparison.Ordinal).Replace("/db", Path.Combine(root, "db"), StringComparison.Ordinal);
        var start = new ProcessStartInfo("/bin/sh", ["-c", placed])
        {
            WorkingDirectory = root,
            UseShellExecute = false,
            RedirectStandardError = true,
            Environment =
            {
                ["PATH"] = Path.Combine(root, "bin") + ":" + Environment.GetEnvironmentVariable("PATH"),
                ["CALLS"] = Path.Combine(root, "calls"),
                ["SQL"] = Path.Combine(root, "sql"),
                ["POD_NAME"] = "db-0",
                ["DOLT_USERNAME"] = user,
                ["DOLT_PASSWORD"] = password,
                ["COMMIT_AUTHOR_NAME"] = "$(touch pwned) o'neil",
                ["COMMIT_AUTHOR_EMAIL"] = "a@b",
                ["METRICS_DISABLED"] = "true",
            },
        };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
