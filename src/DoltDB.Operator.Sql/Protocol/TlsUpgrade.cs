using System.Net.Security;
using System.Security.Authentication;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Encrypts a connection: verified against the given authority, or encrypted only.</summary>
internal static class TlsUpgrade
{
    /// <exception cref="DoltException">2026: the handshake failed or the certificate is not trusted.</exception>
    public static async Task<Stream> AuthenticateAsync(Stream stream, DoltEndpoint endpoint, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions();
        OptionsFor(endpoint).Apply(options);
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            return tls;
        }
        catch (AuthenticationException exception)
        {
            throw new DoltException(ClientErrors.Tls, $"the TLS handshake with {endpoint.Host}:{endpoint.Port} failed: {exception.Message}");
        }
    }

    private static TlsOptions OptionsFor(DoltEndpoint endpoint) => new()
    {
        Verification = endpoint.Verification
            ?? (endpoint.CertificateAuthorityPem is null ? CertificateVerification.None : CertificateVerification.AuthorityAndName),
        ServerName = endpoint.TlsServerName ?? endpoint.Host,
        CertificateAuthorityPem = endpoint.CertificateAuthorityPem,
        ClientCertificatePem = endpoint.ClientCertificatePem,
        ClientKeyPem = endpoint.ClientKeyPem,
    };
}
