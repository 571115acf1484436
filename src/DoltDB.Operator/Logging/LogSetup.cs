using Microsoft.Extensions.Logging.Console;

namespace DoltDB.Operator.Logging;

/// <summary>How the process logs.</summary>
internal static class LogSetup
{
    /// <summary>JSON lines, or readable lines in development mode.</summary>
    public static ILoggerFactory Create(bool developmentMode, LogLevel minimum, TimeProvider time) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(minimum);
            builder.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
            builder.AddFilter("Microsoft.Hosting", LogLevel.Warning);
            builder.Services.AddSingleton(time);
            if (developmentMode)
            {
                builder.AddSimpleConsole(console =>
                {
                    console.SingleLine = true;
                    console.TimestampFormat = "HH:mm:ss.fff ";
                });
            }
            else
            {
                builder.AddConsole(console => console.FormatterName = JsonLogFormatter.FormatterName);
                builder.Services.AddSingleton<ConsoleFormatter, JsonLogFormatter>();
            }
        });
}
