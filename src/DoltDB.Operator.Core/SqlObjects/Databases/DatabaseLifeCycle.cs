using System.Collections.Frozen;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>The states of a Database, as <c>status.phase</c> names them.</summary>
internal enum DatabasePhase
{
    /// <summary>Nothing was done on the server yet: something that it needs is not there.</summary>
    Pending,

    /// <summary>It is being made.</summary>
    Creating,

    /// <summary>It is there and as it should be.</summary>
    Ready,

    /// <summary>A Backup of it runs.</summary>
    BackingUp,

    /// <summary>It is deleted, and the last Backup runs or is not decided.</summary>
    FinalBackup,

    /// <summary>It is being dropped.</summary>
    Deleting,

    /// <summary>It is not as it should be; every look tries again.</summary>
    Failed,
}

/// <summary>What a phase stands on.</summary>
/// <param name="IsDeleted">Whether the object is deleted.</param>
/// <param name="IsApplied">Whether anything was done on the server.</param>
/// <param name="Reason">Reason of the Ready condition.</param>
internal sealed record LifeCycleFacts(bool IsDeleted, bool IsApplied, string Reason);

/// <summary>The state machine of a Database: a summary of its conditions, whose every step is one of the edges below.</summary>
internal static class DatabaseLifeCycle
{
    private static readonly FrozenDictionary<DatabasePhase, DatabasePhase[]> Edges = new Dictionary<DatabasePhase, DatabasePhase[]>
    {
        [DatabasePhase.Pending] = [DatabasePhase.Creating, DatabasePhase.Failed, DatabasePhase.FinalBackup, DatabasePhase.Deleting],
        [DatabasePhase.Creating] = [DatabasePhase.Ready, DatabasePhase.Failed, DatabasePhase.FinalBackup, DatabasePhase.Deleting],
        [DatabasePhase.Ready] = [DatabasePhase.BackingUp, DatabasePhase.Failed, DatabasePhase.FinalBackup, DatabasePhase.Deleting],
        [DatabasePhase.BackingUp] = [DatabasePhase.Ready, DatabasePhase.Failed, DatabasePhase.FinalBackup, DatabasePhase.Deleting],
        [DatabasePhase.FinalBackup] = [DatabasePhase.Deleting],
        [DatabasePhase.Deleting] = [DatabasePhase.FinalBackup],
        [DatabasePhase.Failed] = [DatabasePhase.Pending, DatabasePhase.Creating, DatabasePhase.Ready, DatabasePhase.FinalBackup, DatabasePhase.Deleting],
    }.ToFrozenDictionary();

    /// <summary>Whether one phase may follow the other.</summary>
    public static bool MayFollow(DatabasePhase from, DatabasePhase to) => from == to || Edges[from].Contains(to);

    /// <summary>The phase that follows. A step that is no edge goes through <see cref="DatabasePhase.Failed"/>, or stays.</summary>
    public static DatabasePhase Next(DatabasePhase? from, LifeCycleFacts facts)
    {
        var wanted = Wanted(facts);
        if (from is not { } phase || MayFollow(phase, wanted))
            return wanted;
        // Made at once, without being seen in the making: Pending and Creating are passed through.
        return phase == DatabasePhase.Pending && MayFollow(DatabasePhase.Creating, wanted) ? wanted : phase;
    }

    /// <summary>The phase that a status names; null for none.</summary>
    public static DatabasePhase? Parse(string? phase) => Enum.TryParse<DatabasePhase>(phase, out var parsed) ? parsed : null;

    private static DatabasePhase Wanted(LifeCycleFacts facts)
    {
        if (facts.IsDeleted)
            return facts.Reason == SqlReasons.FinalBackupUndecided ? DatabasePhase.FinalBackup : DatabasePhase.Deleting;
        return facts.Reason switch
        {
            SqlReasons.Created => DatabasePhase.Ready,
            SqlReasons.InProgress => DatabasePhase.Creating,
            SqlReasons.InvalidSpec or SqlReasons.UnsupportedByEngine or SqlReasons.Conflict or SqlReasons.AccountExists or SqlReasons.Refused or SqlReasons.Failed => DatabasePhase.Failed,
            _ => facts.IsApplied ? DatabasePhase.Failed : DatabasePhase.Pending,
        };
    }
}
