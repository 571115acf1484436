using System.Globalization;
using System.Text.Json;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>Reads how a finished Job ended from its pods' termination messages. Pure.</summary>
internal static class DriverReports
{
    /// <summary>What the driver said, or what is to be said about it; every text scrubbed.</summary>
    public static DriverReport Read(Job job, IReadOnlyList<Pod> pods, SecretScrubber scrubber)
    {
        var ended = pods
            .SelectMany(static pod => pod.Status?.ContainerStatuses ?? [])
            .Select(static container => container.State?.Terminated)
            .OfType<ContainerStateTerminated>()
            .OrderBy(static end => end.FinishedAt)
            .ToList();
        var report = DriverJobRules.IsComplete(job) ? OfComplete(ended.FindLast(static end => end.ExitCode == 0)) : OfFailed(job, ended.LastOrDefault());
        return report with
        {
            Message = scrubber.Scrub(report.Message),
            Version = scrubber.Scrub(report.Version),
            Location = scrubber.Scrub(report.Location),
            Sha256 = scrubber.Scrub(report.Sha256),
            Error = report.Result == DriverReport.Ok ? null : FailureOf(report).ToString(),
        };
    }

    /// <summary>Why the driver failed, as far as it says it in known words.</summary>
    public static DriverFailure FailureOf(DriverReport report) =>
        Enum.TryParse<DriverFailure>(report.Error, ignoreCase: true, out var failure) && Enum.IsDefined(failure) ? failure : DriverFailure.Unknown;

    /// <summary>A report as it is kept on the Job; null when it cannot be read.</summary>
    public static DriverReport? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            var report = JsonSerializer.Deserialize(text, DriverJson.Default.DriverReport);
            return report?.Result is DriverReport.Ok or DriverReport.Failed ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DriverReport OfComplete(ContainerStateTerminated? end)
    {
        if (end is null)
            return Failure("the pod of the driver is gone, and its result with it");
        if (Parse(end.Message) is { } report)
            return report;
        return Failure(string.IsNullOrWhiteSpace(end.Message)
            ? "the driver ended with exit code 0 but wrote no result"
            : "the driver ended with exit code 0 but its result cannot be read: it is not JSON with a member result of ok or failed");
    }

    private static DriverReport OfFailed(Job job, ContainerStateTerminated? end)
    {
        var condition = DriverJobRules.Failure(job);
        if (condition?.Reason == "DeadlineExceeded")
            return Failure(string.Create(CultureInfo.InvariantCulture, $"the driver did not end within {job.Spec?.ActiveDeadlineSeconds} s (activeDeadlineSeconds)"));
        if (end is null)
            return Failure(condition?.Message ?? "the Job failed");
        if (Parse(end.Message) is { Result: DriverReport.Failed, Message.Length: > 0 } report)
            return report;
        var text = string.Create(CultureInfo.InvariantCulture, $"the driver ended with exit code {end.ExitCode}");
        if (end.Reason is { } reason and not "Error" and not "Completed")
            text += $" ({reason})";

        // A message that is not what the contract says may still tell a human what happened.
        return Failure(string.IsNullOrWhiteSpace(end.Message) || Parse(end.Message) is not null ? text : $"{text}: {end.Message}");
    }

    private static DriverReport Failure(string message) => new() { Result = DriverReport.Failed, Message = message };
}
