using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>Messages of the node.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Pod {Pod} ended unexpectedly")]
    public static partial void PodFailed(ILogger logger, Exception exception, string pod);

    [LoggerMessage(2, LogLevel.Debug, "Status of pod {Pod} was not written: {Reason}")]
    public static partial void PodStatusNotWritten(ILogger logger, string pod, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Service {Service} is not served at {Address}:{Port}: {Reason}")]
    public static partial void ServiceNotServed(ILogger logger, string service, string address, int port, string reason);
}
