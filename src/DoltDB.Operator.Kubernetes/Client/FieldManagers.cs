namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>Names under which fields are owned on the server.</summary>
public static class FieldManagers
{
    /// <summary>Everything that this operator applies or patches.</summary>
    public const string Operator = "doltdb-operator";

    /// <summary>What the Go operator created and updated: the name of its program, as it set none.</summary>
    public const string GoOperator = "manager";
}
