using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>How one connection is encrypted: whom it trusts and what it shows.</summary>
internal sealed record TlsOptions
{
    public required CertificateVerification Verification { get; init; }

    /// <summary>The name that the server certificate must carry.</summary>
    public required string ServerName { get; init; }

    /// <summary>Null trusts the authorities of the system.</summary>
    public string? CertificateAuthorityPem { get; init; }

    public string? ClientCertificatePem { get; init; }

    public string? ClientKeyPem { get; init; }

    /// <summary>Writes what was asked for into the options of a handshake.</summary>
    /// <exception cref="InvalidCertificateException">A certificate or key is no PEM.</exception>
    public void Apply(SslClientAuthenticationOptions options)
    {
        options.TargetHost = ServerName;
        options.RemoteCertificateValidationCallback = ValidationFor(Verification);
        options.CertificateChainPolicy = CertificateAuthorityPem is null ? SystemTrust() : TrustIn(CertificateAuthorityPem);
        if (ClientCertificatePem is not null)
            options.ClientCertificateContext = ReadClientCertificate(ClientCertificatePem, ClientKeyPem);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Verification} of {ServerName}";

    [SuppressMessage("Security", "CA5359", Justification = "Without verification is what the caller asked for.")]
    private static RemoteCertificateValidationCallback? ValidationFor(CertificateVerification verification) => verification switch
    {
        CertificateVerification.None => static (_, _, _, _) => true,
        CertificateVerification.Authority => static (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
        _ => null,
    };

    // Databases carry certificates of private authorities, whose revocation lists a cluster seldom reaches.
    private static X509ChainPolicy SystemTrust() => new() { RevocationMode = X509RevocationMode.NoCheck };

    private static X509ChainPolicy TrustIn(string authorityPem)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        Read("certificate authority", () => policy.CustomTrustStore.ImportFromPem(authorityPem));
        if (policy.CustomTrustStore.Count == 0)
            throw new InvalidCertificateException("the certificate authority holds no certificate in PEM");
        return policy;
    }

    private static SslStreamCertificateContext ReadClientCertificate(string certificatePem, string? keyPem)
    {
        X509Certificate2? certificate = null;
        X509Certificate2Collection chain = [];
        Read("client certificate or its key", () =>
        {
            certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            chain.ImportFromPem(certificatePem);
        });
        chain.RemoveAt(0);
        return SslStreamCertificateContext.Create(certificate!, chain, offline: true);
    }

    private static void Read(string what, Action read)
    {
        try
        {
            read();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new InvalidCertificateException($"the {what} is no valid PEM", exception);
        }
    }
}
