namespace DoltDB.Operator.Sql;

/// <summary>A global variable that a server takes while it runs.</summary>
public enum DoltVariable
{
    /// <summary>Seconds that a write waits for the standbys: <c>dolt_cluster_ack_writes_timeout_secs</c>.</summary>
    AckWritesTimeout,

    /// <summary>Least level that the server logs: <c>dolt_log_level</c>.</summary>
    LogLevel,
}
