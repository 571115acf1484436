using DoltDB.Operator.Core.SqlObjects.Servers;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>What the deletion of an object stands on.</summary>
internal sealed record DeletionFacts
{
    /// <summary>What the object is called on the server, for messages: database shop.</summary>
    public required string Thing { get; init; }

    /// <summary>The object's server.</summary>
    public required ServerResolution Server { get; init; }

    /// <summary>Whether the server belongs to a DoltDB, and so to the operator.</summary>
    public required bool IsOnDoltDb { get; init; }

    /// <summary>Whether the object ever had an effect.</summary>
    public required bool IsApplied { get; init; }

    /// <summary>Whether spec.cleanupPolicy says to leave the counterpart.</summary>
    public bool IsSkipped { get; init; }

    /// <summary>Whether the annotation forbids the deletion.</summary>
    public bool IsProtected { get; init; }

    /// <summary>Whether the counterpart was there before the object and was not taken over.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Another object that manages the counterpart and stays; null when there is none.</summary>
    public string? Keeper { get; init; }

    /// <summary>Whether data goes with it, so that a last backup must have been decided where the server is not ours.</summary>
    public bool HoldsData { get; init; }

    /// <summary>Whether spec.finalBackup decides about a last backup.</summary>
    public bool IsBackupDecided { get; init; }

    /// <summary>Whether the object's namespace is being deleted: nothing in it may be kept waiting for what cannot come.</summary>
    public bool IsNamespaceTerminating { get; init; }
}

/// <summary>What becomes of a deleted object.</summary>
internal abstract record DeletionDecision
{
    /// <summary>Its counterpart is removed, then it goes.</summary>
    public sealed record Remove : DeletionDecision;

    /// <summary>It goes and its counterpart stays.</summary>
    /// <param name="Because">Why, for the event; null when there is nothing to tell.</param>
    public sealed record Release(string? Because) : DeletionDecision;

    /// <summary>It waits.</summary>
    public sealed record Wait(string Reason, string Message) : DeletionDecision;
}

/// <summary>When a deleted object may take its counterpart with it. In doubt the counterpart stays: a database that is left over can be dropped by hand, a dropped one is gone.</summary>
internal static class DeletionRules
{
    /// <summary>The annotation that forbids the deletion of a counterpart while it says true.</summary>
    public const string ProtectionAnnotation = "k8s.dolthub.com/deletion-protection";

    /// <summary>The decision.</summary>
    public static DeletionDecision Decide(DeletionFacts facts)
    {
        if (facts.IsSkipped)
            return new DeletionDecision.Release($"{facts.Thing} stays: cleanupPolicy is Skip");
        if (!facts.IsApplied)
            return new DeletionDecision.Release(null);
        if (facts.Server is ServerResolution.Unusable { IsGone: true } gone)
            return new DeletionDecision.Release(gone.Message);
        if (facts.Keeper is { } keeper)
            return new DeletionDecision.Release($"{facts.Thing} stays: {keeper} manages it too");
        if (facts.IsForeign)
            return new DeletionDecision.Release($"{facts.Thing} stays: it was there before this object, and spec.adopt is not set");
        if (facts.IsProtected)
            return Hold(facts, SqlReasons.DeletionProtected, $"annotation {ProtectionAnnotation} protects {facts.Thing}: remove it, or set cleanupPolicy to Skip to keep {facts.Thing}");
        if (facts.Server.IsDeleting && (facts.IsOnDoltDb || facts.Server is ServerResolution.Unusable))
            return new DeletionDecision.Release($"{facts.Thing} stays on a server that is being deleted");
        if (facts is { HoldsData: true, IsBackupDecided: false, IsOnDoltDb: false })
            return Hold(facts, SqlReasons.FinalBackupUndecided, $"{facts.Thing} is on a server that is not ours: set spec.finalBackup.skip to drop it without a backup, or cleanupPolicy to Skip to keep it");
        return facts.Server is ServerResolution.Unusable unusable
            ? Hold(facts, unusable.Reason, $"{facts.Thing} cannot be removed: {unusable.Message}. Set cleanupPolicy to Skip to let go of it")
            : new DeletionDecision.Remove();
    }

    /// <summary>What a removal that failed means: the same as a server that could not be found.</summary>
    public static DeletionDecision AfterFailure(DeletionFacts facts, string reason, string message) => facts.Server.IsDeleting
        ? new DeletionDecision.Release($"{facts.Thing} stays on a server that is being deleted: {message}")
        : Hold(facts, reason, $"{facts.Thing} cannot be removed: {message}. Set cleanupPolicy to Skip to let go of it");

    /// <summary>A namespace that is being deleted waits for nobody: what cannot be removed now stays on its server.</summary>
    private static DeletionDecision Hold(DeletionFacts facts, string reason, string message) => facts.IsNamespaceTerminating
        ? new DeletionDecision.Release($"{facts.Thing} stays, because its namespace is being deleted: {message}")
        : new DeletionDecision.Wait(reason, message);
}
