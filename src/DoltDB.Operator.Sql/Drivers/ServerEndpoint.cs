namespace DoltDB.Operator.Sql.Drivers;

/// <summary>Where a server is and who logs in.</summary>
public sealed record ServerEndpoint
{
    /// <summary>A name or an IP address.</summary>
    public required string Host { get; init; }

    /// <summary>Port.</summary>
    public required int Port { get; init; }

    /// <summary>Account that may manage databases, accounts and grants.</summary>
    public required string User { get; init; }

    /// <summary>Password of the account. Never logged, never part of <see cref="ToString"/>.</summary>
    public required string Password { get; init; }

    /// <summary>How the connection is encrypted.</summary>
    public ServerTls Tls { get; init; } = ServerTls.Disabled;

    /// <inheritdoc/>
    public override string ToString() => $"{User}@{Host}:{Port}";
}

/// <summary>How connections to a server are encrypted and whom they trust.</summary>
public sealed record ServerTls
{
    /// <summary>No encryption.</summary>
    public static readonly ServerTls Disabled = new() { Mode = TlsMode.Disable };

    /// <summary>Encryption and verification.</summary>
    public required TlsMode Mode { get; init; }

    /// <summary>Certificates in PEM that the server's must chain to; null trusts those of the system.</summary>
    public string? CertificateAuthorityPem { get; init; }

    /// <summary>The certificate that is shown to the server, in PEM; null shows none.</summary>
    public string? ClientCertificatePem { get; init; }

    /// <summary>Key of the client certificate, in PEM.</summary>
    public string? ClientKeyPem { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Mode.ToString();
}

/// <summary>How far the server is trusted.</summary>
public enum TlsMode
{
    /// <summary>Plain text.</summary>
    Disable,

    /// <summary>Encrypted, towards anyone.</summary>
    Require,

    /// <summary>Encrypted; the certificate must chain to a trusted authority.</summary>
    VerifyCA,

    /// <summary>Encrypted; the certificate must chain to a trusted authority and carry the server's name.</summary>
    VerifyIdentity,
}
