using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Core;

/// <summary>What the controllers log: one line a decision, nothing while nothing happens, never a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Information, "Step {Step} begins: {Because}")]
    public static partial void StepBegins(ILogger logger, string step, string because);

    [LoggerMessage(3002, LogLevel.Information, "{Reason}: {Message}")]
    public static partial void StepEnded(ILogger logger, string reason, string message);

    [LoggerMessage(3003, LogLevel.Information, "Status: phase {Phase}, ready {Ready}: {Message}")]
    public static partial void StatusWritten(ILogger logger, string? phase, string? ready, string? message);

    [LoggerMessage(3004, LogLevel.Information, "spec.replication.primary.podIndex was not written, pod {Ordinal} is the primary: {Message}")]
    public static partial void PodIndexNotWritten(ILogger logger, int ordinal, string message);

    [LoggerMessage(3101, LogLevel.Information, "Driver Job {Job} begins, attempt {Attempt}")]
    public static partial void DriverStarted(ILogger logger, string job, int attempt);

    [LoggerMessage(3102, LogLevel.Information, "Driver Job {Job} ended: {Result} {Failure}: {Message}")]
    public static partial void DriverEnded(ILogger logger, string job, string? result, string? failure, string? message);

    [LoggerMessage(3103, LogLevel.Information, "{Kind} {Name}: ready {Status} {Reason}: {Message}")]
    public static partial void SqlObjectChanged(ILogger logger, string kind, string name, string status, string reason, string message);
}
