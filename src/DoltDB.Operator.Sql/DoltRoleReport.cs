namespace DoltDB.Operator.Sql;

/// <summary>Role and epoch as one server reports them of itself.</summary>
public sealed record DoltRoleReport(DoltRole Role, long Epoch);
