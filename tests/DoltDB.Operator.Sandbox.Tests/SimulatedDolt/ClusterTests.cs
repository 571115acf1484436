using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Sandbox.Tests.SimulatedDolt;

public sealed class ClusterTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_primary_writes_reaches_the_standbys()
    {
        await using var servers = SimulatedServers.Start(3);
        var primary = await servers.PromoteAsync(0);
        await primary.RunAsync("CREATE DATABASE shop");
        await primary.RunAsync("CREATE TABLE shop.t (id INT PRIMARY KEY)");
        await primary.RunAsync("INSERT INTO shop.t VALUES (1)");
        await primary.RunAsync("CREATE USER app IDENTIFIED BY 'pw'");
        for (var standby = 1; standby < 3; standby++)
        {
            await servers.AwaitAsync(standby, "SELECT COUNT(*) FROM shop.t", "1");
            await servers.AwaitAsync(standby, "SELECT COUNT(*) FROM mysql.user WHERE User = 'app'", "1");
        }

        var session = await servers.ConnectAsync(1);
        (await session.HashDatabasesAsync(Deadline, Token)).ShouldBe(await primary.HashDatabasesAsync(Deadline, Token));
        (await session.HashAccountsAsync(Deadline, Token)).ShouldBe(await primary.HashAccountsAsync(Deadline, Token));
    }

    [Fact]
    public async Task A_standby_takes_no_writes()
    {
        await using var servers = SimulatedServers.Start(2);
        var primary = await servers.PromoteAsync(0);
        await primary.RunAsync("CREATE DATABASE shop");
        await primary.RunAsync("CREATE TABLE shop.t (id INT PRIMARY KEY)");
        await servers.AwaitAsync(1, "SELECT COUNT(*) FROM shop.t", "0");
        var standby = await servers.ConnectAsync(1);
        (await standby.FailAsync("INSERT INTO shop.t VALUES (1)")).Message.ShouldContain("Database shop is read-only.");
        (await standby.FailAsync("CREATE DATABASE other")).Message.ShouldContain("database server is set to read only mode");
        (await standby.FailAsync("CREATE USER app")).Message.ShouldContain("database server is set to read only mode");
        (await standby.ReadAsync("SELECT @@read_only")).ShouldBe("1");
    }

    [Fact]
    public async Task Roles_change_only_with_a_higher_epoch()
    {
        await using var servers = SimulatedServers.Start(2);
        var primary = await servers.PromoteAsync(0, epoch: 5);
        (await primary.ReadRoleAsync(Deadline, Token)).ShouldBe(new DoltRoleReport(DoltRole.Primary, 5));
        (await primary.FailAsync("CALL DOLT_ASSUME_CLUSTER_ROLE('standby', 4)")).Message.ShouldContain("error assuming role 'standby' at epoch 4; already at epoch 5");
        (await primary.FailAsync("CALL DOLT_ASSUME_CLUSTER_ROLE('standby', 5)")).Message.ShouldContain("already at epoch 5 with different role, 'primary'");
        (await primary.FailAsync("CALL DOLT_ASSUME_CLUSTER_ROLE('PRIMARY', 6)")).Message.ShouldContain("valid roles are 'primary' and 'standby'");
        (await primary.FailAsync("CALL DOLT_ASSUME_CLUSTER_ROLE('primary', 'x')")).Code.ShouldBe(1366);
        (await primary.ReadAsync("CALL DOLT_ASSUME_CLUSTER_ROLE('primary', 5)")).ShouldBe("0");
    }

    [Fact]
    public async Task A_switchover_moves_the_role_and_closes_other_connections()
    {
        await using var servers = SimulatedServers.Start(3);
        var primary = await servers.PromoteAsync(0);
        await primary.RunAsync("CREATE DATABASE shop");
        var other = await servers.ConnectAsync(0);
        var rows = await primary.TransitionToStandbyAsync(2, 2, Deadline, Token);
        rows.Count.ShouldBe(6);
        rows.ShouldAllBe(row => row.CaughtUp);
        rows.Select(row => row.Database).Distinct().Order(StringComparer.Ordinal).ShouldBe(["dolt_branch_control", "mysql", "shop"]);
        await Should.ThrowAsync<Exception>(() => other.RunAsync("SELECT 1"));
        var promoted = await servers.PromoteAsync(1, epoch: 3);
        await promoted.RunAsync("CREATE TABLE shop.t (id INT PRIMARY KEY)");
        await servers.AwaitAsync(0, "SELECT COUNT(*) FROM shop.t", "0");
    }

    [Fact]
    public async Task Two_primaries_at_one_epoch_break_each_other()
    {
        await using var servers = SimulatedServers.Start(2);
        servers.Network.Cut("dolt-0", "dolt-1");
        servers.Network.Cut("dolt-1", "dolt-0");
        await servers.PromoteAsync(0);
        await servers.PromoteAsync(1);
        servers.Network.HealAll();
        await servers.AwaitAsync(0, "SELECT @@global.dolt_cluster_role", "detected_broken_config");
        await servers.AwaitAsync(1, "SELECT @@global.dolt_cluster_role", "detected_broken_config");
        await servers.PromoteAsync(0, epoch: 2);
        await servers.AwaitAsync(1, "SELECT @@global.dolt_cluster_role", "standby");
    }

    [Fact]
    public async Task A_standby_that_lost_its_disk_is_reported_caught_up_and_is_empty()
    {
        await using var servers = SimulatedServers.Start(2);
        var primary = await servers.PromoteAsync(0);
        await primary.RunAsync("CREATE DATABASE shop");
        await primary.RunAsync("CREATE TABLE shop.t (id INT PRIMARY KEY)");
        await servers.AwaitAsync(1, "SELECT COUNT(*) FROM shop.t", "0");
        servers[1].Kill();
        Directory.Delete(servers.DirectoryOf(1), recursive: true);
        servers.Start(1, configuration: null);
        await servers.AwaitAsync(1, "SELECT COUNT(*) FROM information_schema.schemata WHERE SCHEMA_NAME = 'shop'", "1");
        var status = (await primary.ReadReplicationStatusAsync(Deadline, Token)).ShouldHaveSingleItem();
        status.ReplicationLagMillis.ShouldBe(0);
        status.CurrentError.ShouldBeNull();
        (await (await servers.ConnectAsync(1)).HashDatabasesAsync(Deadline, Token))["shop"].ShouldNotBe((await primary.HashDatabasesAsync(Deadline, Token))["shop"]);
        await primary.ResyncDatabaseAsync("shop", Deadline, Token);
        await servers.AwaitAsync(1, "SELECT COUNT(*) FROM shop.t", "0");
    }

    [Fact]
    public async Task The_role_outlives_a_restart_and_a_newer_primary_demotes_an_older_one()
    {
        await using var servers = SimulatedServers.Start(2);
        await servers.PromoteAsync(0);
        servers[0].Kill();
        await servers.PromoteAsync(1, epoch: 2);
        servers.Start(0, configuration: null);
        await servers.AwaitAsync(0, "SELECT @@global.dolt_cluster_role", "standby");
        await servers.AwaitAsync(0, "SELECT @@global.dolt_cluster_role_epoch", "2");
    }

    [Fact]
    public async Task A_frozen_server_answers_nothing_until_it_is_thawed()
    {
        await using var servers = SimulatedServers.Start(1);
        var session = await servers.ConnectAsync(0);
        servers[0].Freeze();
        var answer = session.ReadAsync("SELECT 41 + 1");
        await Should.ThrowAsync<Exception>(() => servers.ConnectAsync(0).WaitAsync(TimeSpan.FromMilliseconds(300), Token));
        answer.IsCompleted.ShouldBeFalse();
        servers[0].Thaw();
        (await answer).ShouldBe("42");
    }

    [Fact]
    public async Task A_commit_that_waits_for_a_dead_standby_succeeds_with_a_warning()
    {
        await using var servers = SimulatedServers.Start(2);
        var primary = await servers.PromoteAsync(0);
        await primary.RunAsync("CREATE DATABASE shop");
        await primary.RunAsync("CREATE TABLE shop.t (id INT PRIMARY KEY)");
        await servers.AwaitAsync(1, "SELECT COUNT(*) FROM shop.t", "0");
        servers[1].Kill();
        await primary.RunAsync("SET GLOBAL dolt_cluster_ack_writes_timeout_secs = 1");
        (await primary.RunAsync("INSERT INTO shop.t VALUES (1)")).Warnings.ShouldBe(1);
        (await primary.RunAsync("SHOW WARNINGS")).Rows[0][2].ShouldBe("Timed out replication of commit to 1 out of 1 replicas.");
    }

    [Theory]
    [InlineData("61")]
    [InlineData("-1")]
    [InlineData("'soon'")]
    public async Task A_write_cannot_wait_longer_than_a_minute(string value)
    {
        await using var servers = SimulatedServers.Start(2);
        var primary = await servers.PromoteAsync(0);
        (await primary.FailAsync($"SET GLOBAL dolt_cluster_ack_writes_timeout_secs = {value}")).Message.ShouldContain("can't be set");
        await primary.RunAsync("SET GLOBAL dolt_cluster_ack_writes_timeout_secs = 60");
    }
}
