namespace DoltDB.Operator.Sql;

/// <summary>A row of <c>dolt_cluster.dolt_cluster_status</c>. On a primary a NULL lag means that the standby was never reached.</summary>
public sealed record DoltReplicationStatus(
    string Database, string StandbyRemote, string Role, long Epoch, long? ReplicationLagMillis, string? CurrentError);
