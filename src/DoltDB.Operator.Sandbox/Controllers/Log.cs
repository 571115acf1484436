using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>Messages of the controllers.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Garbage collection of {Kind} {Name} failed and is repeated")]
    public static partial void CollectionFailed(ILogger logger, Exception exception, string kind, string name);
}
