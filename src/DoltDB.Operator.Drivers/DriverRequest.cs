namespace DoltDB.Operator.Drivers;

/// <summary>What is to be done.</summary>
public enum DriverOperation
{
    /// <summary>See <see cref="IDriver.CreateAsync"/>.</summary>
    Create,

    /// <summary>See <see cref="IDriver.DropAsync"/>.</summary>
    Drop,

    /// <summary>See <see cref="IBackupDriver.BackupAsync"/>.</summary>
    Backup,
}

/// <summary>One operation on one database. The text form holds no secret.</summary>
public sealed record DriverRequest
{
    /// <summary>What to do.</summary>
    public required DriverOperation Operation { get; init; }

    /// <summary>The engine: the name under which the driver is registered.</summary>
    public required string Engine { get; init; }

    /// <summary>Name of the database on the server. Letters, digits and underscores, at most 80; whether the engine takes it is for the driver to say.</summary>
    public required string Database { get; init; }

    /// <summary>Address of the server; null when the parameters say where it is.</summary>
    public string? Host { get; init; }

    /// <summary>Port of the server; null for the engine's.</summary>
    public int? Port { get; init; }

    /// <summary>How to encrypt connections.</summary>
    public DriverTls Tls { get; init; } = new();

    /// <summary>What else the user gave: <c>spec.connect</c> of the Database or <c>spec.parameters</c> of the ExternalInstance.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The account that may create and drop databases; null when none was given.</summary>
    public DriverAccount? Administrator { get; init; }

    /// <summary>The account that is to own the database; null when none is wanted.</summary>
    public DriverAccount? Owner { get; init; }

    /// <summary>Character set; null leaves it to the server.</summary>
    public string? Charset { get; init; }

    /// <summary>Collation; null leaves it to the server.</summary>
    public string? Collation { get; init; }

    /// <summary>Name of the backup; null for other operations.</summary>
    public string? Backup { get; init; }

    /// <summary>Name of the Kubernetes object Database.</summary>
    public string ObjectName { get; init; } = "";

    /// <summary>Namespace of the Kubernetes object.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>A parameter that must be there.</summary>
    /// <exception cref="DriverException">It is not: <see cref="DriverError.Invalid"/>, and the message names it.</exception>
    public string Required(string parameter) => Parameters.TryGetValue(parameter, out var value) && value.Length > 0
        ? value
        : throw new DriverException(DriverError.Invalid, $"parameter {parameter} is missing");

    /// <summary>The administrator, who must be there.</summary>
    /// <exception cref="DriverException">None was given: <see cref="DriverError.Invalid"/>.</exception>
    public DriverAccount RequiredAdministrator() => Administrator ?? throw new DriverException(DriverError.Invalid, "credentials of the administrator are missing");

    /// <inheritdoc/>
    public override string ToString() => $"{Operation} {Engine} database {Database}";
}

/// <summary>User and password. The text form holds no secret.</summary>
/// <param name="User">User name.</param>
/// <param name="Password">Password. Never log it.</param>
public sealed record DriverAccount(string User, string Password)
{
    /// <inheritdoc/>
    public override string ToString() => User;
}

/// <summary>How connections to the server are encrypted.</summary>
public sealed record DriverTls
{
    /// <summary>How far the server is trusted.</summary>
    public DriverTlsMode Mode { get; init; }

    /// <summary>File with certificates (PEM) that the server's must chain to; null trusts those of the system.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>File with the certificate (PEM) to show; null shows none.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>File with the key (PEM) of the certificate.</summary>
    public string? ClientKeyFile { get; init; }
}

/// <summary>How far a server is trusted.</summary>
public enum DriverTlsMode
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
