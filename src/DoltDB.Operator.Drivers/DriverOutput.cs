using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DoltDB.Operator.Drivers;

/// <summary>What a driver says to the outside: one line of JSON for each event, and the result; known passwords are removed from both.</summary>
internal sealed class DriverOutput(TextWriter log, TimeProvider time)
{
    private const int LongestResult = 4096;
    private const string Mask = "***";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private IReadOnlyList<string> secrets = [];

    /// <summary>Passwords of the request are hidden from here on.</summary>
    public void Hide(DriverRequest request) => secrets =
    [
        .. new[] { request.Administrator?.Password, request.Owner?.Password }.OfType<string>().Where(static secret => secret.Length > 0).OrderByDescending(static secret => secret.Length),
    ];

    /// <summary>Logs an event.</summary>
    public void Write(string level, string message, DriverRequest? request = null, Exception? exception = null)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.GetUtcNow());
            writer.WriteString("level", level);
            writer.WriteString("message", Scrub(message));
            if (request is not null)
            {
                writer.WriteString("operation", request.Operation.ToString());
                writer.WriteString("engine", request.Engine);
                writer.WriteString("database", request.Database);
                writer.WriteString("object", $"{request.Namespace}/{request.ObjectName}");
            }

            if (exception is not null)
                writer.WriteString("exception", Scrub(exception.ToString()));
            writer.WriteEndObject();
        }

        log.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
        log.Flush();
    }

    /// <summary>The result as it is written: without secrets, and cut to what a termination message holds.</summary>
    public byte[] Encode(ReportDocument report)
    {
        report = report with { Message = Scrub(report.Message), Version = Scrub(report.Version), Location = Scrub(report.Location) };
        for (var length = ReportDocument.LongestMessage; ; length /= 2)
        {
            var shortened = report with { Message = Cut(report.Message, length), Version = Cut(report.Version, length) };
            var bytes = JsonSerializer.SerializeToUtf8Bytes(shortened, DocumentsJson.Relaxed.ReportDocument);
            if (bytes.Length <= LongestResult || length == 0)
                return bytes;
        }
    }

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length];

    private string? Scrub(string? text)
    {
        foreach (var secret in secrets)
            text = text?.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }
}
