namespace DoltDB.Operator.Sql;

/// <summary>The role that a Dolt server plays in its cluster.</summary>
public enum DoltRole
{
    /// <summary>The server has no cluster configuration.</summary>
    None,

    /// <summary>Accepts writes and pushes them to the standbys.</summary>
    Primary,

    /// <summary>Read-only; receives what the primary pushes.</summary>
    Standby,

    /// <summary>Two primaries met at one epoch; read-only until one of them is promoted at a higher epoch.</summary>
    DetectedBrokenConfig,
}
