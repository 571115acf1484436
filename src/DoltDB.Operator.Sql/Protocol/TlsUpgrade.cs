using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Encrypts a connection: verified against the given authority, or encrypted only.</summary>
internal static class TlsUpgrade
{
    /// <exception cref="DoltException">2026: the handshake failed or the certificate is not trusted.</exception>
    public static async Task<Stream> AuthenticateAsync(Stream stream, DoltEndpoint endpoint, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(CreateOptions(endpoint), cancellationToken);
            return tls;
        }
        catch (AuthenticationException exception)
        {
            throw new DoltException(ClientErrors.Tls, $"the TLS handshake with {endpoint.Host}:{endpoint.Port} failed: {exception.Message}");
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "Without an authority the caller asked for encryption without verification.")]
    private static SslClientAuthenticationOptions CreateOptions(DoltEndpoint endpoint)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = endpoint.TlsServerName ?? endpoint.Host };
        if (endpoint.CertificateAuthorityPem is null)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
            return options;
        }

        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        options.CertificateChainPolicy.CustomTrustStore.ImportFromPem(endpoint.CertificateAuthorityPem);
        return options;
    }
}
