using DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;

namespace DoltDB.Operator.Sandbox.Tests.SimulatedDolt;

public sealed class StandaloneServerTests
{
    [Fact]
    public async Task A_first_session_creates_fills_and_reads_a_table()
    {
        await using var servers = SimulatedServers.Start(1);
        var session = await servers.ConnectAsync(0);
        await session.RunAsync("CREATE DATABASE shop");
        await session.RunAsync("USE shop");
        await session.RunAsync("CREATE TABLE items (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20) NOT NULL, price DECIMAL(8,2) DEFAULT 1.50, INDEX (name))");
        (await session.RunAsync("INSERT INTO items (name) VALUES ('pen'), ('ink')")).AffectedRows.ShouldBe(2);
        await session.RunAsync("INSERT INTO items VALUES (7, 'cup', 3)");
        await session.RunAsync("UPDATE items SET price = price * 2 WHERE name LIKE 'c%'");
        await session.RunAsync("DELETE FROM items WHERE id = 2");
        var rows = (await session.RunAsync("SELECT i.id, name, price FROM items i WHERE id > 0 ORDER BY price DESC")).Rows;
        rows.Select(row => string.Join(' ', row)).ShouldBe(["7 cup 6.00", "1 pen 1.50"]);
        (await session.ReadAsync("SELECT COUNT(*) FROM items")).ShouldBe("2");
        (await session.ReadAsync("SELECT CONCAT(UPPER(name), '!') FROM items ORDER BY id LIMIT 1")).ShouldBe("PEN!");
        (await session.RunAsync("SELECT price > 2 AS dear, COUNT(*), MAX(name) FROM items GROUP BY dear ORDER BY dear")).Rows
            .Select(row => string.Join(' ', row)).ShouldBe(["0 1 pen", "1 1 cup"]);
    }

    [Fact]
    public async Task Duplicate_keys_and_unknown_names_have_the_codes_of_mysql()
    {
        await using var servers = SimulatedServers.Start(1);
        var session = await servers.ConnectAsync(0);
        await session.RunAsync("CREATE DATABASE shop");
        await session.RunAsync("CREATE TABLE shop.items (id INT PRIMARY KEY)");
        await session.RunAsync("INSERT INTO shop.items VALUES (1)");
        (await session.FailAsync("INSERT INTO shop.items VALUES (1)")).Code.ShouldBe(1062);
        (await session.FailAsync("SELECT * FROM shop.nothing")).Code.ShouldBe(1146);
        (await session.FailAsync("SELECT nothing FROM shop.items")).Code.ShouldBe(1054);
        (await session.FailAsync("SELEC 1")).Code.ShouldBe(1064);
        (await session.FailAsync("CREATE DATABASE shop")).Code.ShouldBe(1007);
        (await session.FailAsync("DROP DATABASE nothing")).Code.ShouldBe(1049);
        (await session.FailAsync("SELECT dolt_hashof_db()")).Code.ShouldBe(1049);
        (await session.FailAsync("SELECT @@global.dolt_cluster_role")).Code.ShouldBe(1105);
    }

    [Fact]
    public async Task It_says_that_it_is_simulated()
    {
        await using var servers = SimulatedServers.Start(1);
        var session = await servers.ConnectAsync(0);
        (await session.ReadAsync("SELECT VERSION()"))!.ShouldContain("simulated");
        (await session.ReadAsync("SELECT dolt_version()")).ShouldBe("1.57.2-simulated");
    }

    [Fact]
    public async Task Commits_and_branches_keep_history_apart()
    {
        await using var servers = SimulatedServers.Start(1);
        var session = await servers.ConnectAsync(0);
        await session.RunAsync("CREATE DATABASE shop");
        await session.RunAsync("USE shop");
        await session.RunAsync("CREATE TABLE t (id INT PRIMARY KEY)");
        var before = await session.ReadAsync("SELECT dolt_hashof_db()");
        await session.RunAsync("INSERT INTO t VALUES (1)");
        (await session.ReadAsync("SELECT dolt_hashof_db()")).ShouldNotBe(before);
        await session.RunAsync("CALL DOLT_COMMIT('-Am', 'first')");
        await session.RunAsync("CALL DOLT_CHECKOUT('-b', 'side')");
        await session.RunAsync("INSERT INTO t VALUES (2)");
        await session.RunAsync("CALL DOLT_CHECKOUT('main')");
        (await session.ReadAsync("SELECT COUNT(*) FROM t")).ShouldBe("1");
        (await session.ReadAsync("SELECT message FROM dolt_log LIMIT 1")).ShouldBe("first");
        (await session.FailAsync("CALL DOLT_COMMIT('-m', 'again')")).Message.ShouldContain("nothing to commit");
        await session.RunAsync("CALL DOLT_COMMIT('--allow-empty', '-m', 'resync')");
        (await session.RunAsync("SELECT name FROM dolt_branches ORDER BY name")).Rows.Select(row => row[0]).ShouldBe(["main", "side"]);
    }

    [Fact]
    public async Task Everything_committed_survives_a_kill()
    {
        await using var servers = SimulatedServers.Start(1);
        var session = await servers.ConnectAsync(0);
        await session.RunAsync("CREATE DATABASE shop");
        await session.RunAsync("CREATE TABLE shop.t (id INT PRIMARY KEY, text TEXT)");
        await session.RunAsync("INSERT INTO shop.t VALUES (1, 'kept')");
        await session.RunAsync("CREATE USER app IDENTIFIED BY 'pw'");
        servers[0].Kill();
        (await servers[0].Exited).ShouldBe(137);
        servers.Start(0, configuration: null);
        var again = await servers.ConnectAsync(0);
        (await again.ReadAsync("SELECT text FROM shop.t")).ShouldBe("kept");
        await servers.ConnectAsync(0, "app", "pw");
    }

    [Fact]
    public async Task Signals_at_once_end_a_server_once()
    {
        await using var servers = SimulatedServers.Start(1);
        for (var round = 0; round < 20; round++)
        {
            var server = servers[0];
            Parallel.Invoke(server.Kill, server.Terminate, server.Kill, server.Kill);
            (await server.Exited).ShouldBeOneOf(0, 137);
            servers.Start(0, configuration: null);
        }
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused()
    {
        await using var servers = SimulatedServers.Start(1);
        Should.Throw<ServerConfigException>(() => servers.Start(0, configuration: null)).Message.ShouldContain("is locked by another dolt process");
    }

    [Theory]
    [InlineData("nosuchkey: 1\n", "field nosuchkey not found in type servercfg.YAMLConfig")]
    [InlineData("log_level: warn\n", "invalid log level: warn")]
    [InlineData("system_variables:\n  dolt_log_level: warn\n", "can't be set to the value of 'warn'")]
    [InlineData("listener:\n  port: 80\n", "port is not in the range between 1024-65535: 80")]
    [InlineData("cluster:\n  bootstrap_role: standby\n", "must supply standby_remotes")]
    [InlineData("data_dir: ${NOT_SET}\n", "NOT_SET")]
    [InlineData("system_variables:\n  dolt_cluster_ack_writes_timeout_secs: 61\n", "can't be set to the value of '61'")]
    [InlineData("system_variables:\n  dolt_cluster_ack_writes_timeout_secs: -1\n", "can't be set to the value of '-1'")]
    public async Task A_wrong_configuration_stops_the_start_with_the_name_of_what_is_wrong(string yaml, string message)
    {
        await using var servers = SimulatedServers.Start(1);
        servers[0].Kill();
        Should.Throw<ServerConfigException>(() => servers.Start(0, yaml)).Message.ShouldContain(message);
    }

    [Fact]
    public async Task The_log_level_begins_as_configured_and_takes_the_seven_names_while_the_server_runs()
    {
        await using var servers = SimulatedServers.Start(1);
        var session = await servers.ConnectAsync(0);
        (await session.ReadAsync("SELECT @@global.dolt_log_level")).ShouldBe("info");
        foreach (var level in (string[])["panic", "fatal", "error", "warning", "info", "debug", "trace"])
        {
            await session.RunAsync($"SET GLOBAL dolt_log_level = '{level}'");
            (await session.ReadAsync("SELECT @@global.dolt_log_level")).ShouldBe(level);
        }

        foreach (var wrong in (string[])["'warn'", "'verbose'", "''", "17"])
            (await session.FailAsync($"SET GLOBAL dolt_log_level = {wrong}")).Message.ShouldContain("can't be set to the value of");
        (await session.ReadAsync("SELECT @@global.dolt_log_level")).ShouldBe("trace");

        servers[0].Kill();
        servers.Start(0, servers.Configuration(0) + "log_level: debug\n");
        session = await servers.ConnectAsync(0);
        (await session.ReadAsync("SELECT @@global.dolt_log_level")).ShouldBe("debug");
    }

    [Fact]
    public async Task A_backup_restores_and_leaves_users_out()
    {
        await using var servers = SimulatedServers.Start(1);
        var session = await servers.ConnectAsync(0);
        var url = "file://" + Path.Combine(servers.DirectoryOf(0), "backups", "shop");
        await session.RunAsync("CREATE DATABASE shop");
        await session.RunAsync("CREATE TABLE shop.t (id INT PRIMARY KEY)");
        await session.RunAsync("INSERT INTO shop.t VALUES (5)");
        (await session.FailAsync($"CALL DOLT_BACKUP('sync-url', '{url}')")).Message.ShouldContain("empty database name");
        await session.RunAsync("USE shop");
        await session.RunAsync($"CALL DOLT_BACKUP('sync-url', '{url}')");
        (await session.FailAsync($"CALL DOLT_BACKUP('restore', '{url}', 'shop')")).Message.ShouldContain("already exists");
        await session.RunAsync($"CALL DOLT_BACKUP('restore', '{url}', 'copy')");
        (await session.ReadAsync("SELECT id FROM copy.t")).ShouldBe("5");
        (await session.FailAsync("CALL DOLT_BACKUP('sync-url', 's3://bucket')")).Message.ShouldContain("unknown url scheme: 's3'");
    }
}
