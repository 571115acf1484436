using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>A line that an operator logged, with its exception and every value of it.</summary>
internal sealed record LogLine(DateTimeOffset Time, LogLevel Level, string Category, string Text);

/// <summary>All that an operator logs, at every level.</summary>
internal sealed class OperatorLog : ILoggerFactory
{
    private const int TailLength = 40;

    private readonly ConcurrentQueue<LogLine> lines = new();

    /// <summary>The lines up to now.</summary>
    public IReadOnlyList<LogLine> Lines => [.. lines];

    /// <summary>What it said last, for the message of a scenario that fails.</summary>
    public string Tail() => string.Concat(
        Lines.Where(static line => line.Level >= LogLevel.Information).TakeLast(TailLength).Select(static line => $"\n  {line.Time:HH:mm:ss.fff} {line.Level} {line.Text}"));

    public ILogger CreateLogger(string categoryName) => new Writer(lines, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("all lines are kept here");

    public void Dispose()
    {
    }

    private sealed class Writer(ConcurrentQueue<LogLine> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            lines.Enqueue(new LogLine(TimeProvider.System.GetUtcNow(), logLevel, category, $"{formatter(state, exception)} {string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}"))} {exception}"));
        }
    }
}
