using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>What a driver is asked to do with a database.</summary>
internal enum DriverOperation
{
    /// <summary>Make the database be as described, and its owner.</summary>
    Create,

    /// <summary>Drop the database and its owner, if they are there.</summary>
    Drop,

    /// <summary>Copy the database to where the parameters say.</summary>
    Backup,
}

/// <summary>User and password. The text form holds no secret.</summary>
internal sealed record DriverCredential(string User, string Password)
{
    /// <inheritdoc/>
    public override string ToString() => User;
}

/// <summary>One operation of a driver on one database.</summary>
internal sealed record DriverJobRequest
{
    /// <summary>The object on whose behalf the driver runs; it owns the Job.</summary>
    public required Database Owner { get; init; }

    /// <summary>The driver; of the namespace of the Database.</summary>
    public required DatabaseDriver Driver { get; init; }

    /// <summary>What to do.</summary>
    public required DriverOperation Operation { get; init; }

    /// <summary>
    /// What makes the operation another one that must run again: the generation of the Database, and of whatever else it is made from (the
    /// resourceVersion of the owner's Secret). Equal revisions are one operation, however often it is asked for.
    /// </summary>
    public required string Revision { get; init; }

    /// <summary>The engine, as the driver knows it.</summary>
    public required string Engine { get; init; }

    /// <summary>Name of the database on the server.</summary>
    public required string DatabaseName { get; init; }

    /// <summary>Address of the server; null when the parameters say where it is.</summary>
    public string? Host { get; init; }

    /// <summary>Port of the server; null for the engine's.</summary>
    public int? Port { get; init; }

    /// <summary>How connections are encrypted.</summary>
    public ServerTls Tls { get; init; } = ServerTls.Disabled;

    /// <summary>What else the driver reads: spec.connect of the Database or spec.parameters of the ExternalInstance.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Character set; null leaves it to the server.</summary>
    public string? Charset { get; init; }

    /// <summary>Collation; null leaves it to the server.</summary>
    public string? Collation { get; init; }

    /// <summary>The account that may manage databases; null when the server knows none.</summary>
    public DriverCredential? Administrator { get; init; }

    /// <summary>The account that owns the database; null when there is none.</summary>
    public DriverCredential? OwnerAccount { get; init; }

    /// <summary>Name of the Backup; only with <see cref="DriverOperation.Backup"/>.</summary>
    public string? Backup { get; init; }

    /// <summary>Namespace of all that takes part.</summary>
    public string Namespace => Owner.Metadata.Namespace ?? "";

    /// <summary>Identity of the operation: equal for equal requests, never made from a credential.</summary>
    public string OperationId()
    {
        var generation = Driver.Metadata.Generation?.ToString(CultureInfo.InvariantCulture);
        var text = string.Join('\n', Owner.Metadata.Uid, Operation, Backup, Revision, Driver.Metadata.Uid, generation);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..10];
    }

    /// <summary>The credential values that no message may repeat.</summary>
    public IEnumerable<string> Secrets() => new[] { Administrator?.Password, OwnerAccount?.Password, Tls.ClientKeyPem }.OfType<string>();

    /// <inheritdoc/>
    public override string ToString() => $"{Operation} {NamespacedName.Of(Owner)}";
}
