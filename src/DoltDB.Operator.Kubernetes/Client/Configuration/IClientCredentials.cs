using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>Who the client is to the API server; may change over time.</summary>
public interface IClientCredentials
{
    /// <summary>The client certificate for new connections, or null. Valid once <see cref="GetTokenAsync"/> was called.</summary>
    X509Certificate2? Certificate { get; }

    /// <summary>The bearer token for the next request, or null.</summary>
    ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken);

    /// <summary>The server refused the credentials (401): get new ones for the next request.</summary>
    void Invalidate();
}

/// <summary>Credentials that never change.</summary>
internal sealed record FixedCredentials(string? Token, X509Certificate2? Certificate) : IClientCredentials
{
    /// <inheritdoc/>
    public ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken) => new(Token);

    /// <inheritdoc/>
    public void Invalidate()
    {
        // There is nothing newer.
    }
}
