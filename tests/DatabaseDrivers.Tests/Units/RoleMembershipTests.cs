using DoltDB.Operator.Sql.Drivers.PostgreSql;

namespace DatabaseDrivers.Tests.Units;

public sealed class RoleMembershipTests
{
    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    public void Until_15_a_member_can_act_for_a_role(int major)
    {
        RoleMembership.Condition(major).ShouldBe("pg_has_role(r.oid, 'MEMBER')");
        RoleMembership.Join(major, "\"app\"", canActFor: false).ShouldBe("GRANT \"app\" TO CURRENT_USER");
    }

    [Theory]
    [InlineData(16)]
    [InlineData(18)]
    public void From_16_on_a_member_who_only_administers_a_role_lets_itself_inherit_and_set_it(int major)
    {
        RoleMembership.Condition(major).ShouldBe("(pg_has_role(r.oid, 'USAGE') AND pg_has_role(r.oid, 'SET'))");
        RoleMembership.Join(major, "\"app\"", canActFor: false).ShouldBe("GRANT \"app\" TO CURRENT_USER WITH INHERIT TRUE, SET TRUE");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    public void Who_can_act_for_a_role_is_granted_nothing(int major) => RoleMembership.Join(major, "\"app\"", canActFor: true).ShouldBeNull();
}
