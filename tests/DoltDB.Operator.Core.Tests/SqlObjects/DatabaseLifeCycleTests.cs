using DoltDB.Operator.Core.SqlObjects.Databases;

namespace DoltDB.Operator.Core.Tests.SqlObjects;

/// <summary>The phases of a Database and their edges.</summary>
public sealed class DatabaseLifeCycleTests
{
    [Theory]
    [InlineData(null, false, false, "ServerUnreachable", "Pending")]
    [InlineData(null, false, false, "InvalidSpec", "Failed")]
    [InlineData("Pending", false, false, "InProgress", "Creating")]
    [InlineData("Pending", false, true, "Created", "Ready")]
    [InlineData("Creating", false, true, "Created", "Ready")]
    [InlineData("Creating", false, true, "Failed", "Failed")]
    [InlineData("Ready", false, true, "ServerUnreachable", "Failed")]
    [InlineData("Ready", false, true, "Created", "Ready")]
    [InlineData("Failed", false, true, "Created", "Ready")]
    [InlineData("Failed", false, false, "ServerUnreachable", "Pending")]
    [InlineData("Failed", false, true, "InProgress", "Creating")]
    [InlineData("Ready", true, true, "FinalBackupUndecided", "FinalBackup")]
    [InlineData("FinalBackup", true, true, "Deleting", "Deleting")]
    [InlineData("Ready", true, true, "ServerUnreachable", "Deleting")]
    [InlineData("BackingUp", false, true, "Created", "Ready")]
    public void A_phase_follows_from_the_conditions(string? from, bool isDeleted, bool isApplied, string reason, string expected) =>
        DatabaseLifeCycle.Next(DatabaseLifeCycle.Parse(from), new LifeCycleFacts(isDeleted, isApplied, reason)).ToString().ShouldBe(expected);

    [Fact]
    public void There_is_no_dead_end_but_the_end()
    {
        var phases = Enum.GetValues<DatabasePhase>();
        foreach (var phase in phases)
            phases.ShouldContain(next => next != phase && DatabaseLifeCycle.MayFollow(phase, next), phase.ToString());
    }

    [Fact]
    public void Nothing_returns_from_deletion()
    {
        foreach (var phase in new[] { DatabasePhase.FinalBackup, DatabasePhase.Deleting })
        {
            foreach (var alive in new[] { DatabasePhase.Pending, DatabasePhase.Creating, DatabasePhase.Ready, DatabasePhase.BackingUp, DatabasePhase.Failed })
                DatabaseLifeCycle.MayFollow(phase, alive).ShouldBeFalse();
        }
    }

    [Fact]
    public void Whatever_is_seen_every_step_is_an_edge()
    {
        string[] reasons = ["Created", "InProgress", "InvalidSpec", "Conflict", "ServerUnreachable", "FinalBackupUndecided", "NameChanged", "Failed"];
        var random = new Random(7);
        DatabasePhase? phase = null;
        for (var step = 0; step < 5000; step++)
        {
            var isDeleted = step % 50 > 40;
            if (step % 50 == 0)
                phase = null;
            var next = DatabaseLifeCycle.Next(phase, new LifeCycleFacts(isDeleted, random.Next(2) == 0, reasons[random.Next(reasons.Length)]));
            if (phase is { } from && from != next)
                (DatabaseLifeCycle.MayFollow(from, next) || from == DatabasePhase.Pending).ShouldBeTrue($"step {step}: {from} to {next}");
            phase = next;
        }
    }
}
