namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>Names under which fields are owned on the server.</summary>
public static class FieldManagers
{
    /// <summary>Everything that this operator applies or patches.</summary>
    public const string Operator = "doltdb-operator";
}
