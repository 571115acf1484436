using DoltDB.Operator.Api;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>A server on which SQL objects live, with all that is needed to work on it.</summary>
internal sealed record SqlServer
{
    /// <summary>Names the server in statuses and indexes.</summary>
    public required string Key { get; init; }

    /// <summary>Whether it is a DoltDB's, and so the operator's own.</summary>
    public bool IsOurs => ServerKeys.IsDoltDb(Key);

    /// <summary>Dolt, MySQL, MariaDB, PostgreSQL, or what a <see cref="JobDriver"/> serves.</summary>
    public required string Engine { get; init; }

    /// <summary>Where the operator connects, and as whom.</summary>
    public required ServerEndpoint Endpoint { get; init; }

    /// <summary>Where applications connect.</summary>
    public required PublicEndpoint Public { get; init; }

    /// <summary>The program that does the work instead of a built-in driver; null for built-in ones.</summary>
    public DatabaseDriver? JobDriver { get; init; }

    /// <summary>What to try when the server does not answer, because encryption was not chosen; null when it was.</summary>
    public string? TlsHint { get; init; }

    /// <summary>What a driver may read beside the endpoint.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string ToString() => Key;
}

/// <summary>Where applications connect.</summary>
internal sealed record PublicEndpoint
{
    /// <summary>Host for reading and writing.</summary>
    public required string Host { get; init; }

    /// <summary>Port.</summary>
    public required int Port { get; init; }

    /// <summary>Host for reading; null when there is none.</summary>
    public string? ReaderHost { get; init; }

    /// <summary>How applications should encrypt.</summary>
    public TlsMode TlsMode { get; init; }

    /// <summary>Certificates in PEM that the server's chains to; null when there are none.</summary>
    public string? CertificateAuthorityPem { get; init; }
}

/// <summary>Whether an object's server can be worked on.</summary>
internal abstract record ServerResolution
{
    /// <summary>Whether the server is on its way out: objects let go of it rather than wait.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>It can.</summary>
    public sealed record Usable(SqlServer Server) : ServerResolution;

    /// <summary>It cannot, for now.</summary>
    /// <param name="Reason">Reason of the condition.</param>
    /// <param name="Message">Why, for people.</param>
    public sealed record Unusable(string Reason, string Message) : ServerResolution
    {
        /// <summary>Whether there is nothing left that could be cleaned up.</summary>
        public bool IsGone { get; init; }
    }
}
