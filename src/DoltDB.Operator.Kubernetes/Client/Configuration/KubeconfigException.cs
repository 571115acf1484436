namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>A configuration that does not lead to an API server; the message names the file and the field.</summary>
public sealed class KubeconfigException : Exception
{
    /// <summary>Creates the exception.</summary>
    public KubeconfigException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
