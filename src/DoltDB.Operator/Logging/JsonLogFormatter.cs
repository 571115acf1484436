using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace DoltDB.Operator.Logging;

/// <summary>
/// One JSON object a line: <c>ts</c>, <c>level</c>, <c>logger</c>, <c>event</c>, <c>msg</c>, then the message's own values and those of
/// the scopes (namespace, name, uid, pass) as members of the same object, so that a log search needs no nesting.
/// </summary>
internal sealed class JsonLogFormatter : ConsoleFormatter
{
    public const string FormatterName = "json-lines";

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TimeProvider time;

    public JsonLogFormatter(TimeProvider time)
        : base(FormatterName) => this.time = time;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("ts", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("level", LevelName(logEntry.LogLevel));
            writer.WriteString("logger", logEntry.Category);
            if (logEntry.EventId.Name is { Length: > 0 } eventName)
                writer.WriteString("event", eventName);
            writer.WriteString("msg", logEntry.Formatter(logEntry.State, logEntry.Exception));
            var written = new HashSet<string>(StringComparer.Ordinal) { "ts", "level", "logger", "event", "msg", "error" };
            WriteValues(writer, logEntry.State, written);
            scopeProvider?.ForEachScope((scope, state) => WriteValues(state.Writer, scope, state.Written), (Writer: writer, Written: written));
            if (logEntry.Exception is { } exception)
                writer.WriteString("error", exception.ToString());
            writer.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteValues(Utf8JsonWriter writer, object? state, HashSet<string> written)
    {
        if (state is not IEnumerable<KeyValuePair<string, object?>> values)
            return;
        foreach (var (name, value) in values)
        {
            if (name != "{OriginalFormat}" && value is not null && written.Add(name))
                WriteValue(writer, name, value);
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case long number:
                writer.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            default:
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
