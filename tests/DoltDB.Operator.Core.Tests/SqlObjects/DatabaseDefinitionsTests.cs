using DoltDB.Operator.Api;
using DoltDB.Operator.Core.SqlObjects.Databases;

namespace DoltDB.Operator.Core.Tests.SqlObjects;

/// <summary>What a Database asks a driver for.</summary>
public sealed class DatabaseDefinitionsTests
{
    private static readonly DatabaseSpec Defaults = new() { Name = "shop", Charset = "utf8mb4", Collation = "utf8mb4_0900_bin" };

    [Fact]
    public void The_defaults_are_a_wish_on_a_DoltDB_alone()
    {
        Wishes(Defaults with { DoltDbRef = new DoltDbReference { Name = "dolt" } }).ShouldBe(("utf8mb4", "utf8mb4_0900_bin"));
        Wishes(Defaults with { InstanceRef = new InstanceReference { Name = "server" } }).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("dolt")]
    [InlineData("mysql")]
    [InlineData("mariadb")]
    [InlineData("postgresql")]
    [InlineData("oracle")]
    public void No_server_that_is_named_inline_is_asked_for_the_defaults(string driver) => Wishes(Defaults with { Driver = driver }).ShouldBe((null, null));

    [Fact]
    public void What_was_chosen_counts_everywhere()
    {
        var elsewhere = Defaults with { Driver = "mysql" };
        Wishes(elsewhere with { Charset = "latin1" }).ShouldBe(("latin1", null));
        Wishes(elsewhere with { Collation = "utf8mb4_unicode_ci" }).ShouldBe((null, "utf8mb4_unicode_ci"));
    }

    private static (string? Charset, string? Collation) Wishes(DatabaseSpec spec)
    {
        var definition = DatabaseDefinitions.Of(spec);
        return (definition.Charset, definition.Collation);
    }
}
