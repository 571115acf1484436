using DoltDB.Operator.Api;
using DoltDB.Operator.Core.SqlObjects.Grants;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.Tests.SqlObjects;

/// <summary>What is taken back when a Grant asks for less.</summary>
public sealed class GrantRulesTests
{
    [Fact]
    public void Privileges_are_compared_whatever_their_spelling() =>
        Of(["select", " ALL   privileges ", "SHOW  view"]).Privileges.ShouldBe(["SELECT", "ALL", "SHOW VIEW"]);

    [Fact]
    public void What_nobody_wants_is_taken_back() =>
        GrantRules.Superfluous(Of(["SELECT", "INSERT"]), Of(["SELECT"]), [])!.Privileges.ShouldBe(["INSERT"]);

    [Fact]
    public void What_another_grant_wants_stays()
    {
        GrantRules.Superfluous(Of(["SELECT", "INSERT"]), null, [Of(["INSERT"])])!.Privileges.ShouldBe(["SELECT"]);
        GrantRules.Superfluous(Of(["SELECT", "INSERT"]), null, [Of(["ALL"])]).ShouldBeNull();
        GrantRules.Superfluous(Of(["SELECT"]), null, [Of(["SELECT"]) with { Table = "items" }])!.Privileges.ShouldBe(["SELECT"]);
    }

    [Fact]
    public void The_right_to_pass_on_is_taken_back_alone()
    {
        var superfluous = GrantRules.Superfluous(Of(["SELECT"]) with { WithGrantOption = true }, Of(["SELECT"]), []).ShouldNotBeNull();
        superfluous.Privileges.ShouldBeEmpty();
        superfluous.WithGrantOption.ShouldBeTrue();
    }

    [Fact]
    public void A_grant_is_remembered_and_read_again()
    {
        var grant = Of(["SELECT"]) with { WithGrantOption = true, Table = "items" };
        var again = GrantRules.Of(GrantRules.Remember(grant, "DoltDB/default/db")).ShouldNotBeNull();
        GrantRules.Superfluous(grant, again, []).ShouldBeNull();
        GrantRules.Superfluous(again, grant, []).ShouldBeNull();
    }

    [Fact]
    public void What_a_crash_may_have_left_is_remembered_with_what_is_wanted()
    {
        GrantRules.Together(Of(["SELECT"]), Of(["INSERT"])).Privileges.ShouldBe(["INSERT", "SELECT"]);
        GrantRules.Together(Of(["SELECT"]) with { Database = "other" }, Of(["INSERT"])).Privileges.ShouldBe(["INSERT"]);
    }

    private static GrantDefinition Of(string[] privileges) => GrantRules.Of(new GrantSpec { Username = "reader", Database = "shop", Privileges = privileges });
}
