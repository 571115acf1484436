using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Hosting;

/// <summary>The certificate of the metrics endpoint when none is given: scrapers of a self-signed endpoint skip verification, as with kubebuilder projects.</summary>
internal static class SelfSignedCertificate
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    /// <summary>A fresh ECDSA certificate for the given common name.</summary>
    public static X509Certificate2 Create(string commonName, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(commonName);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now + Validity);
    }
}
