using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>Reads answers into pooled memory and turns failures into exceptions.</summary>
internal static class ResponseBody
{
    private const int LongestText = 512;
    private const string NamespaceTerminating = "NamespaceTerminating";

    /// <summary>Reads the whole body in pooled segments (a list may have megabytes) and parses it.</summary>
    public static async Task<T> ReadAsync<T>(HttpContent content, BodyParser<T> parse, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 32 * 1024));
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                if (result.IsCompleted)
                    return parse(result.Buffer);
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>The failure that the answer tells, from its Status body or, when it has none, from its text.</summary>
    public static async Task<KubernetesException> ReadFailureAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var code = (int)response.StatusCode;
        var (status, text) = await ReadAsync(response.Content, ParseFailure, cancellationToken);
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => status?.Details?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null,
        };
        var message = status?.Message ?? (text.Length > 0 ? text : response.ReasonPhrase ?? "");
        return new KubernetesException(code, status?.Reason, message.Length > 0 ? message : code.ToString(CultureInfo.InvariantCulture))
        {
            RetryAfter = asked,
            IsNamespaceTerminating = status?.Details?.Causes?.Any(static cause => cause.Reason == NamespaceTerminating) == true,
            ObjectKind = status?.Details?.Kind,
            ObjectName = status?.Details?.Name,
            Fields = [.. (status?.Details?.Causes ?? []).Select(static cause => cause.Field).OfType<string>().Distinct(StringComparer.Ordinal)],
        };
    }

    private static (StatusBody? Status, string Text) ParseFailure(in ReadOnlySequence<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (JsonSerializer.Deserialize(ref reader, ClientJson.Default.StatusBody) is { Kind: "Status" } status)
                return (status, "");
        }
        catch (JsonException)
        {
            // A proxy or a plain 404 answers text.
        }

        return (null, Encoding.UTF8.GetString(body.Slice(0, Math.Min(body.Length, LongestText))).Trim());
    }
}
