namespace DoltDB.Operator;

/// <summary>What the process itself logs.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "operator {Identity} starts; namespaces {Namespaces}; leader election {LeaderElect}")]
    public static partial void Starting(ILogger logger, string identity, string namespaces, bool leaderElect);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "leadership was lost; the process ends, so that another can lead")]
    public static partial void LeadershipLost(ILogger logger);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Error, Message = "the operator cannot start: {Reason}")]
    public static partial void CannotStart(ILogger logger, string reason);
}
