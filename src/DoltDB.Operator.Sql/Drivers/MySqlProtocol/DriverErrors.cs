using DoltDB.Operator.Sql.Protocol;

namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>What the errors of the MySQL protocol mean to the caller of a driver. Dolt answers 1105 to nearly everything, which says nothing.</summary>
internal static class DriverErrors
{
    /// <summary>Whether the exception is the server's, the network's, or one of what a caller gave.</summary>
    public static bool Has(Exception exception) =>
        exception is DoltException or IOException or TimeoutException or InvalidCertificateException or ArgumentException;

    /// <summary>What an exception of opening a connection means.</summary>
    public static DriverException OfLogin(Exception exception, ServerEndpoint server) => exception switch
    {
        DoltException { Code: 1045 or 1130 or 1698 or 1820 or 1862 or 2059 or 2061 or 3118 or 3159 or 3955 or 4151 } refused =>
            new(DriverError.AccessDenied, $"{server} may not log in ({refused.Code}): {refused.Message}", refused),
        DoltException other => new(DriverError.Unreachable, $"{server.Host}:{server.Port} does not let {server.User} in ({other.Code}): {other.Message}", other),
        ConnectionBusyException => new(DriverError.Busy, exception.Message, exception),
        InvalidCertificateException => new(DriverError.Invalid, exception.Message, exception),
        ArgumentException => new(DriverError.Invalid, $"{server.Host}:{server.Port} is no address of a server", exception),
        _ => new(DriverError.Unreachable, exception.Message, exception),
    };

    /// <summary>What an exception of a statement means.</summary>
    public static DriverException OfStatement(Exception exception, ServerEndpoint server) => exception switch
    {
        DoltException refused => new(KindOf(refused.Code), $"the server refused the statement ({refused.Code}): {refused.Message}", refused),
        ArgumentException => new(DriverError.Invalid, exception.Message, exception),
        _ => new(DriverError.Unreachable, $"{server.Host}:{server.Port}: {exception.Message}", exception),
    };

    private static DriverError KindOf(int code) => code switch
    {
        1040 or 1053 or 1203 => DriverError.Unreachable,
        1205 or 1213 or 1290 or 1836 => DriverError.Busy,
        1059 or 1102 or 1115 or 1253 or 1273 or 1470 => DriverError.Invalid,
        1049 or 1133 or 1146 or 1410 or 1959 or 3523 => DriverError.Missing,
        1193 or 1235 => DriverError.Unsupported,
        _ => DriverError.Refused,
    };
}
