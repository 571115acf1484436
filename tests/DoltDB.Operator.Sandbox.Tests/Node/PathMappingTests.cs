using DoltDB.Operator.Sandbox.Node;

namespace DoltDB.Operator.Sandbox.Tests.Node;

public sealed class PathMappingTests
{
    private static readonly PathMapping Paths = new(new Dictionary<string, string> { ["/db"] = "/tmp/v/db", ["/etc/doltdb"] = "/tmp/v/config" });

    [Theory]
    [InlineData("cat /db/.dolt/config_global.json", "cat /tmp/v/db/.dolt/config_global.json")]
    [InlineData("cp \"/etc/doltdb/${POD_NAME}.yaml\" /db/config.yaml", "cp \"/tmp/v/config/${POD_NAME}.yaml\" /tmp/v/db/config.yaml")]
    [InlineData("ls /db", "ls /tmp/v/db")]
    [InlineData("ls /dbs /var/db/x /etc/doltdb2", "ls /dbs /var/db/x /etc/doltdb2")]
    public void Mount_paths_are_replaced_where_they_stand_as_paths(string text, string rewritten) => Paths.Rewrite(text).ShouldBe(rewritten);

    [Fact]
    public void A_path_below_no_mount_has_no_place_on_this_machine()
    {
        Paths.ToHost("/db/a/b").ShouldBe("/tmp/v/db/a/b");
        Paths.ToHost("/database").ShouldBeNull();
    }
}
