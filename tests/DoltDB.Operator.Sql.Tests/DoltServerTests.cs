using DoltDB.Operator.Sql.Tests.Fakes;

namespace DoltDB.Operator.Sql.Tests;

public sealed class DoltServerTests
{
    private const string RoleQuery = "SELECT @@global.dolt_cluster_role, @@global.dolt_cluster_role_epoch";
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("primary", DoltRole.Primary)]
    [InlineData("standby", DoltRole.Standby)]
    [InlineData("detected_broken_config", DoltRole.DetectedBrokenConfig)]
    public async Task A_cluster_member_reports_role_and_epoch(string text, DoltRole role)
    {
        await using var server = FakeServer.Answering(_ => Packets.Rows(["r", "e"], [[text, "26"]]));
        await using var connection = await ConnectAsync(server);
        (await connection.ReadRoleAsync(s_deadline, Token)).ShouldBe(new DoltRoleReport(role, 26));
    }

    [Fact]
    public async Task A_server_without_cluster_configuration_has_no_role()
    {
        await using var server = FakeServer.Answering(statement => statement == RoleQuery
            ? [Packets.Error(1105, "Unknown system variable '@@global.dolt_cluster_role'")]
            : Packets.Rows(["1"], [["1"]]));
        await using var connection = await ConnectAsync(server);
        (await connection.ReadRoleAsync(s_deadline, Token)).ShouldBe(new DoltRoleReport(DoltRole.None, 0));
        connection.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_that_a_role_change_invalidated_does_not_pass_for_a_server_without_cluster()
    {
        await using var server = FakeServer.Answering(_ =>
            [Packets.Error(1105, "this server transitioned cluster roles. this connection can no longer be used. please reconnect.")]);
        await using var connection = await ConnectAsync(server);
        (await Should.ThrowAsync<DoltException>(connection.ReadRoleAsync(s_deadline, Token))).Code.ShouldBe(1105);
    }

    [Fact]
    public async Task Another_error_of_the_role_query_is_not_hidden()
    {
        await using var server = FakeServer.Answering(_ => [Packets.Error(1045, "Access denied")]);
        await using var connection = await ConnectAsync(server);
        (await Should.ThrowAsync<DoltException>(connection.ReadRoleAsync(s_deadline, Token))).IsAccessDenied.ShouldBeTrue();
    }

    [Fact]
    public async Task System_databases_and_revisions_are_no_user_databases()
    {
        string?[][] names = [["sys"], ["db1"], ["Mysql"], ["db1/main"], ["information_schema"], ["dolt"], ["DOLT_CLUSTER"], ["performance_schema"], ["Db2"]];
        await using var server = FakeServer.Answering(_ => Packets.Rows(["Database"], names));
        await using var connection = await ConnectAsync(server);
        (await connection.ListDatabasesAsync(s_deadline, Token)).ShouldBe(["Db2", "db1", "dolt", "sys"]);
    }

    [Fact]
    public async Task B18_Each_database_is_hashed_as_the_current_one()
    {
        var current = "";
        await using var server = FakeServer.Answering(statement =>
        {
            if (statement.StartsWith("USE ", StringComparison.Ordinal))
            {
                current = statement[4..];
                return [Packets.Ok()];
            }

            return statement switch
            {
                "SHOW DATABASES" => Packets.Rows(["Database"], [["a`b"], ["mysql"], ["c"]]),
                "SELECT name, hash FROM dolt_branches" => Packets.Rows(["name", "hash"], [["main", "head"]]),
                _ => Packets.Rows(["h"], [["hash of " + current]]),
            };
        });
        await using var connection = await ConnectAsync(server);
        var hashes = await connection.HashDatabasesAsync(s_deadline, Token);
        hashes.Keys.ShouldBe(["a`b", "c"]);
        hashes["a`b"].ShouldNotBe(hashes["c"]);
    }

    [Theory]
    [InlineData("root", "main:1", "root", "main:2")]
    [InlineData("root", "main:1,dev:1", "root", "main:1,dev:2")]
    [InlineData("root", "main:1,dev:1", "root", "main:1")]
    [InlineData("root", "main:1", "other", "main:1")]
    public async Task Databases_that_differ_in_any_branch_have_other_hashes(string root, string branches, string otherRoot, string otherBranches) =>
        (await HashAsync(root, branches)).ShouldNotBe(await HashAsync(otherRoot, otherBranches));

    [Fact]
    public async Task The_order_of_branches_does_not_count() =>
        (await HashAsync("root", "main:1,dev:2")).ShouldBe(await HashAsync("root", "dev:2,main:1"));

    [Fact]
    public async Task A_database_without_its_default_branch_holds_up_nobody()
    {
        await using var server = FakeServer.Answering(statement => statement switch
        {
            "SHOW DATABASES" => Packets.Rows(["Database"], [["bad"], ["good"]]),
            "USE `bad`" => [Packets.Error(1105, "cannot resolve default branch head for database 'bad'")],
            "SELECT 1" => Packets.Rows(["1"], [["1"]]),
            "SELECT name, hash FROM dolt_branches" => Packets.Rows(["name", "hash"], [["main", "head"]]),
            _ => statement.StartsWith("USE", StringComparison.Ordinal) ? [Packets.Ok()] : Packets.Rows(["h"], [["root"]]),
        });
        await using var connection = await ConnectAsync(server);
        var hashes = await connection.HashDatabasesAsync(s_deadline, Token);
        hashes["bad"].ShouldStartWith("unreadable-");
        hashes["good"].ShouldNotStartWith("unreadable-");
        connection.IsUsable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("shop", "SELECT @@shop_working")]
    [InlineData("my-shop", "SELECT @@`my-shop_working`")]
    public async Task Trap3_A_version_without_the_function_is_hashed_by_its_working_root(string database, string statementOfOld)
    {
        async Task<string> OldAsync(string root)
        {
            await using var server = Old(database, statement => statement == statementOfOld ? Packets.Rows(["root"], [[root]]) : null);
            await using var connection = await ConnectAsync(server);
            return (await connection.HashDatabasesAsync(s_deadline, Token))[database];
        }

        var hash = await OldAsync("rows");
        (await OldAsync("rows")).ShouldBe(hash);
        (await OldAsync("none")).ShouldNotBe(hash, "a standby that lost its volume");
        hash.ShouldNotStartWith("unreadable-");
    }

    [Fact]
    public async Task Trap3_Servers_that_cannot_hash_at_all_are_never_equal()
    {
        await using var server = Old("shop", static _ => null);
        await using var connection = await ConnectAsync(server);
        (await Should.ThrowAsync<DoltException>(connection.HashDatabasesAsync(s_deadline, Token))).Code.ShouldBe(1105);
        connection.IsUsable.ShouldBeTrue();
    }

    private static FakeServer Old(string database, Func<string, IEnumerable<byte[]>?> answer) => FakeServer.Answering(statement => statement switch
    {
        "SHOW DATABASES" => Packets.Rows(["Database"], [[database]]),
        "SELECT 1" => Packets.Rows(["1"], [["1"]]),
        "SELECT name, hash FROM dolt_branches" => Packets.Rows(["name", "hash"], [["main", "head"]]),
        _ when statement.StartsWith("USE", StringComparison.Ordinal) => [Packets.Ok()],
        _ => answer(statement) ?? [Packets.Error(1105, "function: 'dolt_hashof_db' not found")],
    });

    [Fact]
    public async Task A_session_that_a_role_change_ended_hashes_nothing_and_is_given_up()
    {
        var isOver = false;
        await using var server = FakeServer.Answering(statement =>
        {
            if (isOver)
                return [Packets.Error(1105, "this server transitioned cluster roles. this connection can no longer be used. please reconnect.")];
            isOver = statement == "SHOW DATABASES";
            return Packets.Rows(["Database"], [["shop"]]);
        });
        await using var connection = await ConnectAsync(server);
        (await Should.ThrowAsync<DoltException>(connection.HashDatabasesAsync(s_deadline, Token))).Code.ShouldBe(1105);
        connection.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task B18_A_session_that_stands_in_a_dropped_database_is_given_up()
    {
        await using var server = FakeServer.Answering(statement => statement.StartsWith("USE", StringComparison.Ordinal)
            ? [Packets.Ok()]
            : [Packets.Error(1049, "database not found: db1")]);
        await using var connection = await ConnectAsync(server);
        await Should.ThrowAsync<DoltException>(connection.ReadEngineVersionAsync(s_deadline, Token));
        connection.IsUsable.ShouldBeTrue();
        await Should.ThrowAsync<DoltException>(connection.ResyncDatabaseAsync("db1", s_deadline, Token));
        connection.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task Replication_status_keeps_an_unknown_lag_apart_from_none()
    {
        await using var server = FakeServer.Answering(_ => Packets.Rows(
            ["database", "standby_remote", "role", "epoch", "replication_lag_millis", "current_error"],
            [["db1", "s2", "primary", "3", null, null], ["db1", "s3", "primary", "3", "0", "unreachable"]]));
        await using var connection = await ConnectAsync(server);
        (await connection.ReadReplicationStatusAsync(s_deadline, Token)).ShouldBe(
        [
            new("db1", "s2", "primary", 3, null, null),
            new("db1", "s3", "primary", 3, 0, "unreachable"),
        ]);
    }

    [Fact]
    public async Task A_server_without_cluster_configuration_has_no_replication_status()
    {
        await using var server = FakeServer.Answering(_ => [Packets.Error(1049, "database not found: dolt_cluster")]);
        await using var connection = await ConnectAsync(server);
        (await connection.ReadReplicationStatusAsync(s_deadline, Token)).ShouldBeEmpty();
        connection.IsUsable.ShouldBeTrue();
    }

    [Theory]
    [InlineData(DoltRole.Primary, "CALL DOLT_ASSUME_CLUSTER_ROLE('primary', 7)")]
    [InlineData(DoltRole.Standby, "CALL DOLT_ASSUME_CLUSTER_ROLE('standby', 7)")]
    public async Task After_a_role_change_the_connection_is_not_used_again(DoltRole role, string statement)
    {
        await using var server = FakeServer.Answering(_ => Packets.Rows(["status"], [["0"]]));
        await using var connection = await ConnectAsync(server);
        await connection.AssumeRoleAsync(role, 7, s_deadline, Token);
        connection.IsUsable.ShouldBeTrue("a full server would let no other one in");
        server.TakeStatements().ShouldBe([statement, FakeSession.Reset, "SET autocommit = 1"]);
    }

    [Theory]
    [InlineData(FakeSession.Reset)]
    [InlineData("SET autocommit = 1")]
    public async Task A_connection_that_changed_the_role_and_cannot_be_made_as_new_is_not_used_again(string fails)
    {
        await using var server = FakeServer.Answering(statement => statement == fails
            ? [Packets.Error(1105, "this server transitioned cluster roles. this connection can no longer be used. please reconnect.")]
            : Packets.Rows(["status"], [["0"]]));
        await using var connection = await ConnectAsync(server);
        await connection.AssumeRoleAsync(DoltRole.Primary, 7, s_deadline, Token);
        connection.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task A_refused_role_change_leaves_the_connection_usable()
    {
        await using var server = FakeServer.Answering(static statement => statement.StartsWith("CALL", StringComparison.Ordinal) ? [Packets.Error(1105, "no")] : [Packets.Ok()]);
        await using var connection = await ConnectAsync(server);
        await Should.ThrowAsync<DoltException>(connection.AssumeRoleAsync(DoltRole.Standby, 0, s_deadline, Token));
        connection.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task After_a_refused_role_change_a_connection_that_answers_errors_only_is_not_used_again_either()
    {
        await using var server = FakeServer.Answering(_ => [Packets.Error(1105, "error assuming role 'standby' at epoch 0; already at epoch 1")]);
        await using var connection = await ConnectAsync(server);
        var exception = await Should.ThrowAsync<DoltException>(connection.AssumeRoleAsync(DoltRole.Standby, 0, s_deadline, Token));
        exception.Message.ShouldBe("error assuming role 'standby' at epoch 0; already at epoch 1");
        connection.IsUsable.ShouldBeFalse();
    }

    [Theory]
    [InlineData(DoltRole.None)]
    [InlineData(DoltRole.DetectedBrokenConfig)]
    public async Task No_server_is_told_a_role_that_cannot_be_assumed(DoltRole role)
    {
        await using var server = FakeServer.Answering(_ => [Packets.Ok()]);
        await using var connection = await ConnectAsync(server);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(connection.AssumeRoleAsync(role, 7, s_deadline, Token));
        server.TakeStatements().ShouldBeEmpty();
        connection.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task A_graceful_demotion_tells_each_pair_of_database_and_standby()
    {
        await using var server = FakeServer.Answering(_ => Packets.Rows(
            ["caught_up", "database", "remote", "remote_url"],
            [["1", "db1", "s2", "http://s2:50051/db1"], ["0", "mysql", "s3", "http://s3:50051"]]));
        await using var connection = await ConnectAsync(server);
        (await connection.TransitionToStandbyAsync(8, 1, s_deadline, Token)).ShouldBe(
        [
            new(true, "db1", "s2", "http://s2:50051/db1"),
            new(false, "mysql", "s3", "http://s3:50051"),
        ]);
        connection.IsUsable.ShouldBeTrue();
        server.TakeStatements()[0].ShouldBe("CALL DOLT_CLUSTER_TRANSITION_TO_STANDBY('8', '1')");
    }

    [Fact]
    public async Task The_healing_statements_are_these()
    {
        await using var server = FakeServer.Answering(static statement => statement.StartsWith("SELECT", StringComparison.Ordinal) ? Packets.Rows(["table_name"], []) : [Packets.Ok()]);
        await using var connection = await ConnectAsync(server);
        (await connection.ResyncDatabaseAsync("my`db", s_deadline, Token)).ShouldBeTrue();
        await connection.FlushPrivilegesAsync(s_deadline, Token);
        server.TakeStatements().ShouldBe(["USE `my``db`", "SELECT table_name FROM dolt_status WHERE staged = 1", "CALL DOLT_COMMIT('--allow-empty', '-m', 'resync')", "FLUSH PRIVILEGES"]);
    }

    [Fact]
    public async Task What_somebody_has_staged_is_not_committed_by_the_way()
    {
        await using var server = FakeServer.Answering(static statement => statement.StartsWith("SELECT", StringComparison.Ordinal) ? Packets.Rows(["table_name"], [["items"]]) : [Packets.Ok()]);
        await using var connection = await ConnectAsync(server);
        (await connection.ResyncDatabaseAsync("shop", s_deadline, Token)).ShouldBeFalse();
        server.TakeStatements().ShouldNotContain(static statement => statement.StartsWith("CALL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "SELECT @@global.dolt_cluster_ack_writes_timeout_secs, @@global.dolt_log_level")]
    [InlineData(false, "SELECT @@global.dolt_log_level")]
    public async Task Variables_are_read_with_one_statement(bool isMember, string statement)
    {
        await using var server = FakeServer.Answering(_ => isMember ? Packets.Rows(["a", "l"], [["5", "WARN"]]) : Packets.Rows(["l"], [["WARN"]]));
        await using var connection = await ConnectAsync(server);
        (await connection.ReadVariablesAsync(isMember, s_deadline, Token)).ShouldBe(new RunningVariables(isMember ? 5 : null, "warning"));
        server.TakeStatements().ShouldBe([statement]);
    }

    [Theory]
    [InlineData(true, 1105)]
    [InlineData(false, 1105)]
    [InlineData(true, 1193)]
    [InlineData(false, 1193)]
    public async Task A_server_that_does_not_know_the_log_level_tells_the_rest(bool isMember, ushort code)
    {
        await using var server = FakeServer.Answering(statement => statement.Contains("dolt_log_level", StringComparison.Ordinal)
            ? [Packets.Error(code, "Unknown system variable 'dolt_log_level'")]
            : Packets.Rows(["x"], [["5"]]));
        await using var connection = await ConnectAsync(server);
        (await connection.ReadVariablesAsync(isMember, s_deadline, Token)).ShouldBe(new RunningVariables(isMember ? 5 : null, null));
        connection.IsUsable.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_a_role_change_ended_does_not_pass_for_one_without_the_variable(bool isMember)
    {
        await using var server = FakeServer.Answering(_ =>
            [Packets.Error(1105, "this server transitioned cluster roles. this connection can no longer be used. please reconnect.")]);
        await using var connection = await ConnectAsync(server);
        (await Should.ThrowAsync<DoltException>(connection.ReadVariablesAsync(isMember, s_deadline, Token))).Code.ShouldBe(1105);
    }

    [Theory]
    [InlineData(DoltVariable.AckWritesTimeout, "5", "SET GLOBAL dolt_cluster_ack_writes_timeout_secs = 5")]
    [InlineData(DoltVariable.LogLevel, "debug", "SET GLOBAL dolt_log_level = 'debug'")]
    [InlineData(DoltVariable.LogLevel, "warning", "SET GLOBAL dolt_log_level = 'warning'")]
    [InlineData(DoltVariable.LogLevel, "panic", "SET GLOBAL dolt_log_level = 'panic'")]
    public async Task Variables_are_set_with_these_statements(DoltVariable variable, string value, string statement)
    {
        await using var server = FakeServer.Answering(static _ => [Packets.Ok()]);
        await using var connection = await ConnectAsync(server);
        await connection.SetVariableAsync(variable, value, s_deadline, Token);
        server.TakeStatements().ShouldBe([statement]);
    }

    [Theory]
    [InlineData(DoltVariable.AckWritesTimeout, "5; DROP DATABASE shop")]
    [InlineData(DoltVariable.AckWritesTimeout, "-1")]
    [InlineData(DoltVariable.LogLevel, "warn")]
    [InlineData(DoltVariable.LogLevel, "info'")]
    [InlineData(DoltVariable.LogLevel, "")]
    public async Task No_server_is_told_a_value_that_none_takes(DoltVariable variable, string value)
    {
        await using var server = FakeServer.Answering(static _ => [Packets.Ok()]);
        await using var connection = await ConnectAsync(server);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(connection.SetVariableAsync(variable, value, s_deadline, Token));
        server.TakeStatements().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_of_another_shape_is_an_IOException_and_no_default()
    {
        await using var server = FakeServer.Answering(statement => statement switch
        {
            RoleQuery => Packets.Rows(["r", "e"], [["emperor", "1"]]),
            "SELECT dolt_version()" => Packets.Rows(["v"], []),
            _ => Packets.Rows(["x"], [[null]]),
        });
        await using var connection = await ConnectAsync(server);
        await Should.ThrowAsync<IOException>(connection.ReadRoleAsync(s_deadline, Token));
        await Should.ThrowAsync<IOException>(connection.ReadEngineVersionAsync(s_deadline, Token));
        await Should.ThrowAsync<IOException>(connection.ListDatabasesAsync(s_deadline, Token));
    }

    [Fact]
    public async Task Accounts_hash_alike_whatever_the_order_and_the_local_accounts()
    {
        string?[] root = ["root", "localhost", "mysql_native_password", "*AA", ""];
        string?[] app = ["app", "%", "mysql_native_password", "*BB", "ANY"];
        string?[] local = ["__dolt_local_user__", "localhost", "mysql_native_password", "*CC", ""];
        var hash = await HashAccountsAsync([root, app], ["GRANT A", "GRANT B"]);
        hash.Length.ShouldBe(64);
        (await HashAccountsAsync([local, app, root], ["GRANT B", "GRANT A"])).ShouldBe(hash);
        (await HashAccountsAsync([root], ["GRANT A", "GRANT B"])).ShouldNotBe(hash);
        (await HashAccountsAsync([root, app], ["GRANT A"])).ShouldNotBe(hash);
        (await HashAccountsAsync([root, [.. app[..3], "*DD", "ANY"]], ["GRANT A", "GRANT B"])).ShouldNotBe(hash);
        (await HashAccountsAsync([root, [.. app[..4], ""]], ["GRANT A", "GRANT B"])).ShouldNotBe(hash);
    }

    [Fact]
    public async Task The_order_in_which_roles_were_granted_does_not_count()
    {
        string?[] app = ["app", "%", "mysql_native_password", "*BB", ""];
        var hash = await HashAccountsAsync([app], ["GRANT USAGE ON *.* TO `app`@`%`", "GRANT `z`@`%`, `a`@`%` TO `app`@`%`"]);
        (await HashAccountsAsync([app], ["GRANT USAGE ON *.* TO `app`@`%`", "GRANT `a`@`%`, `z`@`%` TO `app`@`%`"])).ShouldBe(hash);
        (await HashAccountsAsync([app], ["GRANT USAGE ON *.* TO `app`@`%`", "GRANT `a`@`%` TO `app`@`%`"])).ShouldNotBe(hash);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<string> HashAccountsAsync(string?[][] accounts, string[] grants)
    {
        await using var server = FakeServer.Answering(statement => statement.StartsWith("SHOW GRANTS", StringComparison.Ordinal)
            ? Packets.Rows(["Grants"], [.. grants.Select(grant => new string?[] { grant })])
            : Packets.Rows(["User", "Host", "plugin", "authentication_string", "ssl_type"], accounts));
        await using var connection = await ConnectAsync(server);
        return await connection.HashAccountsAsync(s_deadline, Token);
    }

    private static Task<DoltServer> ConnectAsync(FakeServer server) =>
        new DoltConnector(TimeProvider.System).ConnectAsync(server.Endpoint, s_deadline, Token);

    private static async Task<string> HashAsync(string root, string branches)
    {
        await using var server = FakeServer.Answering(statement => statement switch
        {
            "SHOW DATABASES" => Packets.Rows(["Database"], [["shop"]]),
            "SELECT name, hash FROM dolt_branches" => Packets.Rows(["name", "hash"], [.. branches.Split(',').Select(static branch => branch.Split(':'))]),
            _ => statement.StartsWith("USE", StringComparison.Ordinal) ? [Packets.Ok()] : Packets.Rows(["h"], [[root]]),
        });
        await using var connection = await ConnectAsync(server);
        return (await connection.HashDatabasesAsync(s_deadline, Token))["shop"];
    }
}
