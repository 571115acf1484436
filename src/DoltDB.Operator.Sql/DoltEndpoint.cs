namespace DoltDB.Operator.Sql;

/// <summary>Where and how to reach one server.</summary>
public sealed record DoltEndpoint
{
    /// <summary>Address: an IP or a DNS name.</summary>
    public required string Host { get; init; }

    /// <summary>SQL port.</summary>
    public required int Port { get; init; }

    /// <summary>Account to log in with.</summary>
    public required string User { get; init; }

    /// <summary>Password. Never logged, never part of <see cref="ToString"/>.</summary>
    public required string Password { get; init; }

    /// <summary>Use TLS; the server certificate is not verified unless <see cref="CertificateAuthorityPem"/> is given.</summary>
    public bool UseTls { get; init; }

    /// <summary>
    /// Without TLS, asks a server that needs the password itself for its public key and sends the password encrypted for that key. Who
    /// can change what travels can give a key of its own and learn the password.
    /// </summary>
    public bool AllowPublicKeyRetrieval { get; init; }

    /// <summary>PEM certificates of the authority that the server certificate must chain to; null encrypts without verifying.</summary>
    public string? CertificateAuthorityPem { get; init; }

    /// <summary>How far the server certificate is verified; null verifies authority and name exactly when <see cref="CertificateAuthorityPem"/> is given.</summary>
    public CertificateVerification? Verification { get; init; }

    /// <summary>The certificate that is shown to the server, in PEM; null shows none.</summary>
    public string? ClientCertificatePem { get; init; }

    /// <summary>Key of the client certificate, in PEM.</summary>
    public string? ClientKeyPem { get; init; }

    /// <summary>The name that a verified server certificate must carry; null means <see cref="Host"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The database to be in after login; null for none.</summary>
    public string? Database { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{User}@{Host}:{Port}";
}

/// <summary>How far the certificate of a server is verified.</summary>
public enum CertificateVerification
{
    /// <summary>Anyone is trusted.</summary>
    None,

    /// <summary>It must chain to the authority, or to one that the system trusts when no authority is given.</summary>
    Authority,

    /// <summary>As <see cref="Authority"/>, and it must carry the server's name.</summary>
    AuthorityAndName,
}
