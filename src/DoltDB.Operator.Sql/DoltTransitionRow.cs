namespace DoltDB.Operator.Sql;

/// <summary>A row of the answer to <c>DOLT_CLUSTER_TRANSITION_TO_STANDBY</c>. It does not prove that the standby can be reached.</summary>
public sealed record DoltTransitionRow(bool CaughtUp, string Database, string Remote, string RemoteUrl);
