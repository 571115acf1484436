using DoltDB.Operator.Core.SqlObjects;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.Tests.SqlObjects;

/// <summary>When a deleted object takes its counterpart with it. In doubt it does not.</summary>
public sealed class DeletionRulesTests
{
    private static readonly ServerResolution Answers = Usable();
    private static readonly ServerResolution Away = new ServerResolution.Unusable("ServerUnreachable", "no answer");

    [Fact]
    public void A20_A_database_of_ours_is_dropped_with_its_object() => Decide(Facts with { IsOnDoltDb = true }).ShouldBeOfType<DeletionDecision.Remove>();

    [Fact]
    public void A_database_elsewhere_is_dropped_only_after_a_decision_about_its_backup()
    {
        Decide(Facts).ShouldBeOfType<DeletionDecision.Wait>().Reason.ShouldBe("FinalBackupUndecided");
        Decide(Facts with { IsBackupDecided = true }).ShouldBeOfType<DeletionDecision.Remove>();
        Decide(Facts with { HoldsData = false }).ShouldBeOfType<DeletionDecision.Remove>();
    }

    [Fact]
    public void Skip_needs_no_server() => Decide(Facts with { IsSkipped = true, Server = Away }).ShouldBeOfType<DeletionDecision.Release>();

    [Fact]
    public void What_never_had_an_effect_just_goes() => Decide(Facts with { IsApplied = false, Server = Away }).ShouldBeOfType<DeletionDecision.Release>();

    [Fact]
    public void What_was_there_before_stays() => Decide(Facts with { IsForeign = true, IsBackupDecided = true }).ShouldBeOfType<DeletionDecision.Release>();

    [Fact]
    public void What_another_object_manages_too_stays() =>
        Decide(Facts with { IsOnDoltDb = true, Keeper = "Database default/other" }).ShouldBeOfType<DeletionDecision.Release>().Because.ShouldNotBeNull().ShouldContain("default/other");

    [Fact]
    public void A_server_that_is_gone_holds_nobody() =>
        Decide(Facts with { Server = new ServerResolution.Unusable("InstanceNotFound", "gone") { IsGone = true } }).ShouldBeOfType<DeletionDecision.Release>();

    [Fact]
    public void A_DoltDB_that_is_deleted_too_holds_nobody() => Decide(Facts with { IsOnDoltDb = true, Server = Answers with { IsDeleting = true } }).ShouldBeOfType<DeletionDecision.Release>();

    [Fact]
    public void A_server_that_does_not_answer_is_waited_for() =>
        Decide(Facts with { IsBackupDecided = true, Server = Away }).ShouldBeOfType<DeletionDecision.Wait>().Message.ShouldContain("cleanupPolicy");

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(false, true, true)]
    [InlineData(false, false, true)]
    public void A_namespace_that_is_deleted_waits_for_nothing(bool isProtected, bool isDecided, bool isAway)
    {
        var facts = Facts with { IsNamespaceTerminating = true, IsProtected = isProtected, IsBackupDecided = isDecided, Server = isAway ? Away : Answers };
        Decide(facts).ShouldBeOfType<DeletionDecision.Release>();
    }

    [Fact]
    public void A20_A_protected_database_waits_even_where_it_is_ours() =>
        Decide(Facts with { IsOnDoltDb = true, IsProtected = true }).ShouldBeOfType<DeletionDecision.Wait>().Reason.ShouldBe("DeletionProtected");

    [Fact]
    public void A_removal_that_fails_is_tried_again_unless_its_server_goes()
    {
        DeletionRules.AfterFailure(Facts, "ServerUnreachable", "no answer").ShouldBeOfType<DeletionDecision.Wait>();
        DeletionRules.AfterFailure(Facts with { Server = Answers with { IsDeleting = true } }, "ServerUnreachable", "no answer").ShouldBeOfType<DeletionDecision.Release>();
        DeletionRules.AfterFailure(Facts with { IsNamespaceTerminating = true }, "ServerUnreachable", "no answer").ShouldBeOfType<DeletionDecision.Release>();
    }

    private static DeletionFacts Facts => new() { Thing = "database shop", Server = Answers, IsOnDoltDb = false, IsApplied = true, HoldsData = true };

    private static DeletionDecision Decide(DeletionFacts facts) => DeletionRules.Decide(facts);

    private static ServerResolution Usable() => new ServerResolution.Usable(new SqlServer
    {
        Key = "ExternalInstance/default/server",
        Engine = "MySQL",
        Endpoint = new ServerEndpoint { Host = "h", Port = 3306, User = "root", Password = "secret" },
        Public = new PublicEndpoint { Host = "h", Port = 3306 },
    });
}
