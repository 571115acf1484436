using System.Globalization;
using System.Runtime.Versioning;
using DoltDB.Kubectl.Tests.Support;

namespace DoltDB.Kubectl.Tests;

[UnsupportedOSPlatform("windows")]
[Collection(RunningClusterCollection.Name)]
public sealed class SqlTests(RunningCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_statement_is_answered_by_the_primary_as_a_table()
    {
        var outcome = await cluster.RunAsync(["sql", "db", "-q", Made("tables") + "SELECT * FROM t ORDER BY id"]);

        outcome.Error.ShouldBe("");
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldEndWith("""
            +----+------+
            | id | name |
            +----+------+
            | 1  | a;b  |
            | 2  | NULL |
            +----+------+
            2 rows in set

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Scripts_get_values_between_tabs()
    {
        (await cluster.RunAsync(["sql", "db", "-q", Made("batches") + "SELECT * FROM t ORDER BY id", "--batch"])).Output.ShouldBe("id\tname\n1\ta;b\n2\tNULL\n");
    }

    [Fact]
    public async Task A_standby_is_read_and_not_written()
    {
        (await cluster.RunAsync(["sql", "db", "-q", Made("reads")])).ExitCode.ShouldBe(0);

        var read = await cluster.RunAsync(["sql", "db", "--standby", "-q", "SELECT @@global.dolt_cluster_role", "--batch"]);
        var write = await cluster.RunAsync(["sql", "db", "--standby", "-q", "CREATE DATABASE other"]);

        read.Output.ShouldEndWith("\nstandby\n");
        write.ExitCode.ShouldBe(1);
        write.Error.ShouldStartWith("error: the server answered error ");
    }

    [Fact]
    public async Task Statements_after_one_that_fails_are_not_run()
    {
        var outcome = await cluster.RunAsync(["sql", "db", "-q", "SELECT 1; SELECT nonsense FROM nowhere; SELECT 2", "--batch"]);

        outcome.ExitCode.ShouldBe(1);
        outcome.Output.ShouldBe("1\n1\n");
    }

    [Fact]
    public async Task Without_a_mysql_client_piped_statements_are_run_one_by_one()
    {
        var outcome = await cluster.RunAsync(["sql", "db", "--batch"], input: "SELECT 1;\nSELECT\n 2; -- a comment; with a semicolon\nSELECT 3");

        outcome.ShouldBe(new Outcome(0, "1\n1\n2\n2\n3\n3\n", ""));
    }

    [Fact]
    public async Task A_person_sees_an_error_and_goes_on_until_exit()
    {
        var outcome = await cluster.RunAsync(["sql", "db", "--batch"], input: "SELECT nonsense\nFROM nowhere;\nSELECT 2;\nexit\nSELECT 3;\n", isInteractive: true);

        var primary = (await cluster.AwaitAsync(RunningCluster.IsReady, "Ready")).Status!.CurrentPrimary;
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldBe($"{primary}>     -> {primary}> 2\n2\n{primary}> ");
        outcome.Error.ShouldStartWith("ERROR ");
    }

    [Fact]
    public async Task The_mysql_client_gets_the_password_through_its_environment_only()
    {
        var programs = Directory.CreateTempSubdirectory("programs-");
        try
        {
            Program(programs.FullName, "mysql", "printf '%s\\n' \"$@\" >\"${0%/*}/arguments\"; printf '%s' \"$MYSQL_PWD\" >\"${0%/*}/password\"; exit 7");

            var outcome = await cluster.RunAsync(["sql", "db", "-d", "mysql", "--batch"], programs.FullName);

            var password = await cluster.PasswordAsync();
            outcome.ShouldBe(new Outcome(7, "", ""));
            (await ReadAsync(programs, "password")).ShouldBe(password);
            var arguments = await ReadAsync(programs, "arguments");
            arguments.ShouldNotContain(password);
            arguments.ShouldContain("--user=root\n--batch\n--database=mysql");
        }
        finally
        {
            programs.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_forwarded_port_leads_to_the_primary_and_is_closed_at_the_end()
    {
        var primary = (await cluster.AwaitAsync(RunningCluster.IsReady, "Ready")).Status!.CurrentPrimary!;
        var (forwarder, port) = await cluster.ForwardAsync(primary);
        var programs = Directory.CreateTempSubdirectory("programs-");
        try
        {
            var announced = string.Create(CultureInfo.InvariantCulture, $"Forwarding from 127.0.0.1:{port} -> 3306");
            Program(programs.FullName, "kubectl", $"printf '%s ' \"$@\" >\"${{0%/*}}/arguments\"; echo $$ >\"${{0%/*}}/pid\"; echo '{announced}'; exec sleep 300");

            var outcome = await cluster.RunAsync(
                ["sql", "db", "--port-forward", "-q", "SELECT @@global.dolt_cluster_role", "--batch", "--context=here"], programs.FullName + Path.PathSeparator + "/bin");

            outcome.Error.ShouldBe("");
            outcome.Output.ShouldEndWith("\nprimary\n");
            (await ReadAsync(programs, "arguments")).ShouldBe($"--context=here --namespace=default port-forward --address=127.0.0.1 pod/{primary} :3306 ");
            Directory.Exists("/proc/" + (await ReadAsync(programs, "pid")).Trim()).ShouldBeFalse("kubectl still runs");
        }
        finally
        {
            await forwarder.DisposeAsync();
            programs.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_kubectl_says_when_it_cannot_forward_is_told()
    {
        var programs = Directory.CreateTempSubdirectory("programs-");
        try
        {
            Program(programs.FullName, "kubectl", "echo 'pods is forbidden' >&2; exit 1");

            var outcome = await cluster.RunAsync(["sql", "db", "--port-forward", "-q", "SELECT 1"], programs.FullName);

            outcome.ExitCode.ShouldBe(1);
            outcome.Error.ShouldContain("failed: pods is forbidden");
        }
        finally
        {
            programs.Delete(recursive: true);
        }
    }

    private static void Program(string folder, string name, string script)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static Task<string> ReadAsync(DirectoryInfo folder, string file) => File.ReadAllTextAsync(Path.Combine(folder.FullName, file), Token);

    /// <summary>Statements that make a database with two rows.</summary>
    private static string Made(string database) =>
        $"CREATE DATABASE {database}; USE {database}; CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20)); INSERT INTO t VALUES (1, 'a;b'), (2, NULL); ";
}
