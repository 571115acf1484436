using System.Security.Authentication;
using DoltDB.Operator.Sql.Protocol;
using Npgsql;

namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>What the errors of PostgreSQL mean to the caller of a driver. No message repeats a statement.</summary>
internal static class PostgreSqlErrors
{
    private const string SyntaxError = "42601";

    /// <summary>Whether the exception is the server's, the network's, or one of what a caller gave.</summary>
    public static bool Has(Exception exception) =>
        exception is NpgsqlException or TimeoutException or IOException or InvalidCertificateException or ArgumentException or System.Net.Sockets.SocketException
            or AuthenticationException;

    /// <summary>What an exception of opening a connection means.</summary>
    public static DriverException OfLogin(Exception exception, ServerEndpoint server) => exception switch
    {
        PostgresException { SqlState: "28P01" or "28000" or "42501" } refused =>
            new(DriverError.AccessDenied, $"{server} may not log in ({refused.SqlState}): {refused.MessageText}", refused),
        PostgresException { SqlState: "3D000" } missing => new(DriverError.Missing, missing.MessageText, missing),
        // Of one database, that is made or dropped right now.
        PostgresException { SqlState: "55000" or "55006" } closed => new(DriverError.Busy, closed.MessageText, closed),
        PostgresException other =>
            new(DriverError.Unreachable, $"{server.Host}:{server.Port} does not let {server.User} in ({other.SqlState}): {other.MessageText}", other),
        _ => OfConnection(exception, server),
    };

    /// <summary>What an exception of a statement means.</summary>
    public static DriverException OfStatement(Exception exception, ServerEndpoint server, bool holdsSecret) => exception switch
    {
        PostgresException { SqlState: SyntaxError } => new(DriverError.Refused, "the server could not parse the statement"),
        PostgresException refused when holdsSecret =>
            new(KindOf(refused.SqlState), $"the server refused the statement ({refused.SqlState}); its message is withheld because it may repeat a secret"),
        PostgresException refused => new(KindOf(refused.SqlState), $"the server refused the statement ({refused.SqlState}): {refused.MessageText}", refused),
        _ => OfConnection(exception, server),
    };

    private static DriverException OfConnection(Exception exception, ServerEndpoint server) => exception switch
    {
        _ when Find<InvalidCertificateException>(exception) is { } invalid => new(DriverError.Invalid, invalid.Message, exception),
        _ when Find<AuthenticationException>(exception) is { } tls =>
            new(DriverError.Unreachable, $"the TLS handshake with {server.Host}:{server.Port} failed: {tls.Message}", exception),
        ArgumentException => new(DriverError.Invalid, $"{server.Host}:{server.Port} is no address of a server", exception),
        _ => new(DriverError.Unreachable, $"{server.Host}:{server.Port}: {(exception.InnerException ?? exception).Message}", exception),
    };

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
                return found;
        }

        return null;
    }

    private static DriverError KindOf(string sqlState) => sqlState switch
    {
        "42704" or "42P01" or "3F000" or "3D000" => DriverError.Missing,
        "22023" or "22021" or "22P05" or "42602" or "42622" or "42939" => DriverError.Invalid,
        "0A000" => DriverError.Unsupported,
        // Somebody else is in the way, or the server may only be read.
        "40001" or "40P01" or "55006" or "55P03" or "XX000" or "57014" or "25006" => DriverError.Busy,
        // The server restarts, or has no room.
        "57P01" or "57P02" or "57P03" => DriverError.Unreachable,
        _ when sqlState.StartsWith("08", StringComparison.Ordinal) || sqlState.StartsWith("53", StringComparison.Ordinal) => DriverError.Unreachable,
        _ => DriverError.Refused,
    };
}
