using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;

/// <summary>How far one database has got to one standby, as the primary believes. Guarded by the engine's gate.</summary>
internal sealed class DatabaseLink
{
    /// <summary>The value that the standby was last given; null before the first success of this process and role.</summary>
    public Database? Pushed { get; set; }

    public DateTimeOffset PendingSince { get; set; }

    public DateTimeOffset? LastSuccess { get; set; }

    public string? Error { get; set; }

    /// <summary>A write once timed out waiting for this standby: later writes do not wait until it has caught up.</summary>
    public bool GaveUpWaiting { get; set; }
}

/// <summary>The primary's view of one standby. Guarded by the engine's gate.</summary>
internal sealed class StandbyLink(StandbyRemote remote)
{
    public StandbyRemote Remote { get; } = remote;

    public Dictionary<string, DatabaseLink> Databases { get; } = new(StringComparer.OrdinalIgnoreCase);

    public HashSet<string> PendingDrops { get; } = new(StringComparer.OrdinalIgnoreCase);

    public AccountSet? PushedAccounts { get; set; }

    /// <summary>A task is sending to this standby.</summary>
    public bool Sending { get; set; }

    /// <summary>Something changed while that task was sending.</summary>
    public bool SendAgain { get; set; }

    public bool LastAttemptFailed { get; set; }

    public void Reset(DateTimeOffset now, IEnumerable<string> databases)
    {
        Databases.Clear();
        PendingDrops.Clear();
        PushedAccounts = null;
        LastAttemptFailed = false;
        foreach (var name in databases) Databases[name] = new DatabaseLink { PendingSince = now };
    }
}
