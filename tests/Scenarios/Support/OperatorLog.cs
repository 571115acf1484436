using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>A line that an operator logged, with its exception and every value of it.</summary>
internal sealed record LogLine(LogLevel Level, string Category, string Text);

/// <summary>All that an operator logs, at every level.</summary>
internal sealed class OperatorLog : ILoggerFactory
{
    private readonly ConcurrentQueue<LogLine> lines = new();

    /// <summary>The lines up to now.</summary>
    public IReadOnlyList<LogLine> Lines => [.. lines];

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
            lines.Enqueue(new LogLine(logLevel, category, $"{formatter(state, exception)} {string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}"))} {exception}"));
        }
    }
}
