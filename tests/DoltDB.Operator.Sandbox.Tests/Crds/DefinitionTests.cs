namespace DoltDB.Operator.Sandbox.Tests.Crds;

public sealed class DefinitionTests
{
    [Fact]
    public void Every_definition_is_structural_and_its_rules_compile() =>
        Manifests.Kinds.Order(StringComparer.Ordinal)
            .ShouldBe(["Backup", "BackupSchedule", "Database", "DatabaseDriver", "DoltDB", "ExternalInstance", "Grant", "Snapshot", "User"]);
}
