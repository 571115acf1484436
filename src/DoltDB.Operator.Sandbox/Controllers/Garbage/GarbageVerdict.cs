using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.Controllers.Garbage;

/// <summary>What an owner is to its dependents.</summary>
internal enum OwnerState
{
    /// <summary>It is there and stays.</summary>
    Solid,

    /// <summary>It is there and waits for its dependents to go.</summary>
    Waiting,

    /// <summary>There is no such object any more.</summary>
    Absent,
}

/// <summary>What becomes of a dependent. Pure.</summary>
internal abstract record GarbageVerdict
{
    /// <summary>It stays as it is.</summary>
    public sealed record Keep : GarbageVerdict;

    /// <summary>It stays, with these owners only.</summary>
    public sealed record Reduce(IReadOnlyList<OwnerReference> Owners) : GarbageVerdict;

    /// <summary>Nobody that stays owns it.</summary>
    public sealed record Delete(bool OwnerWaits) : GarbageVerdict;

    /// <summary>Judges by the states of the owners.</summary>
    public static GarbageVerdict Judge(IReadOnlyList<(OwnerReference Owner, OwnerState State)> owners)
    {
        if (owners.Count == 0)
            return new Keep();
        var solid = owners.Where(static owner => owner.State == OwnerState.Solid).Select(static owner => owner.Owner).ToList();
        if (solid.Count == owners.Count)
            return new Keep();
        return solid.Count > 0 ? new Reduce(solid) : new Delete(owners.Any(static owner => owner.State == OwnerState.Waiting));
    }
}
