using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Tests.Clusters;

namespace DoltDB.Operator.Core.Tests.Resources;

/// <summary>The files that the Go operator's users and tests compare word by word.</summary>
public sealed class ServerConfigurationTests
{
    private const string Fixture = """
        "engineVersion":"1.83.6","image":"dolthub/dolt","storage":{"size":"1Gi"}
        """;

    [Fact]
    public void A_standalone_server_has_the_file_of_the_Go_operator() => Files("""
        "replicas":1,"server":{"behavior":{"autoGCBehavior":{}},"listener":{},"cluster":{"remotesAPI":{}}}
        """).ShouldBe(new()
    {
        ["db-0.yaml"] = """
            behavior:
              auto_gc_behavior:
                enable: false
            log_level: info
            listener:
              host: 0.0.0.0
              port: 3306
              max_connections: 1024

            """,
    });

    [Fact]
    public void Replicated_servers_have_the_files_of_the_Go_operator() => Files("""
        "replicas":2,"replication":{"enabled":true,"primary":{"podIndex":0,"automaticFailover":true}},
        "server":{"logLevel":"trace","behavior":{"autoGCBehavior":{"enabled":true}},"listener":{"maxConnections":1024},"metrics":{"enabled":true,"labels":{"env":"integration-test"}}}
        """).ShouldBe(new()
    {
        ["db-0.yaml"] = Replicated("db-1", "primary"),
        ["db-1.yaml"] = Replicated("db-0", "standby"),
    });

    [Fact]
    public void Only_what_the_user_asked_for_is_more_than_the_Go_operator_wrote()
    {
        var file = Files("""
            "replicas":2,"replication":{"enabled":true,"ackWritesTimeoutSeconds":5},"server":{"metrics":{"enabled":true},"mcpServer":{"user":"bot","database":"shop"}}
            """)["db-0.yaml"];
        file.ShouldEndWith("""
            metrics:
              labels: {}
              host: 0.0.0.0
              port: 11228
            mcp_server:
              port: 7007
              user: "${DOLT_MCP_USER}"
              password: "${DOLT_MCP_PASSWORD}"
              database: shop
            system_variables:
              dolt_cluster_ack_writes_timeout_secs: 5

            """);
    }

    [Theory]
    [InlineData("integration-test", "integration-test")]
    [InlineData("1.79.3", "1.79.3")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("a:b", "a:b")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("Null", "\"Null\"")]
    [InlineData("1.5", "\"1.5\"")]
    [InlineData("2024-01-02", "\"2024-01-02\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("::", "\"::\"")]
    [InlineData("", "\"\"")]
    [InlineData("a:", "\"a:\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("a #b", "\"a #b\"")]
    [InlineData("*a", "\"*a\"")]
    [InlineData("a\nb", "\"a\\u000ab\"")]
    [InlineData("\"", "\"\\\"\"")]
    public void Text_is_quoted_where_it_could_be_read_as_something_else(string text, string written) => YamlText.Scalar(text).ShouldBe(written);

    [Fact]
    public void The_log_level_and_what_else_running_servers_take_restart_nobody()
    {
        static string Template(string more) => new Situation { Spec = Situation.Replicated(3, 0, more) }.Plan().Desired!.TemplateHash;
        Template(""","server":{"logLevel":"debug"}""").ShouldBe(Template(""));
        Template(""","server":{"listener":{"maxConnections":99}}""").ShouldNotBe(Template(""));
    }

    [Fact]
    public void Who_is_primary_is_told_in_a_ConfigMap_of_its_own_that_pods_do_not_wait_for()
    {
        Announced(new Situation { Spec = Situation.Replicated(3, 0) }).ShouldBe(new() { ["primary"] = "" }, "nobody knows yet");
        Announced(Situation.Steady()).ShouldBe(new() { ["primary"] = "db-0" });
        var desired = Situation.Steady().Plan().Desired!;
        desired.PrimaryAnnouncement!.Metadata.Name.ShouldBe("db-current-primary");
        desired.PrimaryAnnouncement.Metadata.OwnerReferences.ShouldNotBeNull().ShouldHaveSingleItem();
        var pod = desired.StatefulSet.Spec!.Template!.Spec!;
        var volume = pod.Volumes!.Single(volume => volume.ConfigMap?.Name == "db-current-primary");
        volume.ConfigMap!.Optional.ShouldBe(true);
        pod.InitContainers!.Single().VolumeMounts!.Single(mount => mount.Name == volume.Name).MountPath.ShouldBe("/etc/doltdb-primary");
        var alone = new Situation { Spec = "{" + Fixture + "}" }.Plan().Desired!;
        alone.PrimaryAnnouncement.ShouldBeNull();
        alone.StatefulSet.Spec!.Template!.Spec!.Volumes!.ShouldHaveSingleItem();
    }

    private static Dictionary<string, string> Files(string more) => new Situation { Spec = "{" + Fixture + "," + more + "}" }.Plan().Desired!.ConfigMap.Data!;

    private static Dictionary<string, string> Announced(Situation situation) => situation.Plan().Desired!.PrimaryAnnouncement!.Data!;

    private static string Replicated(string other, string role) => $$"""
        behavior:
          auto_gc_behavior:
            enable: true
        log_level: trace
        cluster:
          standby_remotes:
          - name: {{other}}
            remote_url_template: http://{{other}}.db-internal.ns:50051/{database}
          bootstrap_epoch: 1
          bootstrap_role: {{role}}
          remotesapi:
            port: 50051
        listener:
          host: 0.0.0.0
          port: 3306
          max_connections: 1024
        metrics:
          labels:
            env: integration-test
          host: 0.0.0.0
          port: 11228

        """;
}
