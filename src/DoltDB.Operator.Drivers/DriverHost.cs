using System.Runtime.InteropServices;

namespace DoltDB.Operator.Drivers;

/// <summary>
/// The main program of a driver: reads what the operator asks for, calls the driver of the engine, reports what came of it.
/// <code>
/// return await new DriverHost().Serve("file", new FileDriver()).RunAsync(args);
/// </code>
/// </summary>
public sealed class DriverHost
{
    private readonly Dictionary<string, IDriver> drivers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<string, string?> variable;
    private readonly TextWriter standardOutput;
    private readonly DriverOutput output;

    /// <summary>A host that reads the environment of the process and logs to its standard error.</summary>
    public DriverHost()
        : this(Environment.GetEnvironmentVariable, Console.Out, Console.Error, TimeProvider.System)
    {
    }

    internal DriverHost(Func<string, string?> variable, TextWriter standardOutput, TextWriter log, TimeProvider time)
    {
        this.variable = variable;
        this.standardOutput = standardOutput;
        output = new DriverOutput(log, time);
    }

    /// <summary>Registers the driver of an engine; names differ by more than their case.</summary>
    /// <exception cref="ArgumentException">The engine has a driver already.</exception>
    public DriverHost Serve(string engine, IDriver driver)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(engine);
        ArgumentNullException.ThrowIfNull(driver);
        drivers.Add(engine, driver);
        return this;
    }

    /// <summary>Runs the operation of the environment; SIGTERM and SIGINT cancel it. Returns the exit code (see <see cref="DriverExitCode"/>).</summary>
    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is ["--help" or "-h"])
        {
            await standardOutput.WriteLineAsync(DriverHelp.Text(drivers));
            return DriverExitCode.Ok;
        }

        if (args.Length > 0)
            return Report(DriverExitCode.Usage, ReportDocument.Failed(DriverError.Invalid, $"unknown argument {args[0]}; see --help"));
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        return await RunAsync(stopping.Token);

        // Without this the process would end before the driver has tidied up and reported.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        DriverRequest request;
        try
        {
            request = DriverInput.Read(variable);
        }
        catch (DriverInputException exception)
        {
            return Report(DriverExitCode.Configuration, ReportDocument.Failed(DriverError.Invalid, exception.Message));
        }

        output.Hide(request);
        if (!drivers.TryGetValue(request.Engine, out var driver))
        {
            var message = $"engine {request.Engine} is not served here; served are {string.Join(", ", drivers.Keys)}";
            return Report(DriverExitCode.Configuration, ReportDocument.Failed(DriverError.Unsupported, message), request);
        }

        output.Write("info", "operation begins", request);
        return await RunAsync(driver, request, cancellationToken);
    }

    private async Task<int> RunAsync(IDriver driver, DriverRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return Report(DriverExitCode.Ok, ReportDocument.Of(await CallAsync(driver, request, cancellationToken)), request);
        }
        catch (DriverException exception)
        {
            return Report(DriverExitCode.Of(exception.Error), ReportDocument.Failed(exception.Error, exception.Message), request, exception.InnerException);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Report(DriverExitCode.TryAgain, ReportDocument.Failed(DriverError.Unknown, "the driver was stopped before it had finished"), request);
        }
        catch (Exception exception)
        {
            // Whatever a driver throws must reach the operator as a message: it sees nothing else of this process.
            return Report(DriverExitCode.Software, ReportDocument.Failed(DriverError.Unknown, $"{exception.GetType().Name}: {exception.Message}"), request, exception);
        }
    }

    private static async Task<DriverResult> CallAsync(IDriver driver, DriverRequest request, CancellationToken cancellationToken) => request.Operation switch
    {
        DriverOperation.Create => await driver.CreateAsync(request, cancellationToken),
        DriverOperation.Drop => await driver.DropAsync(request, cancellationToken),
        _ when driver is IBackupDriver backups => await backups.BackupAsync(request, cancellationToken),
        _ => throw new DriverException(DriverError.Unsupported, $"the driver of {request.Engine} makes no backups"),
    };

    private int Report(int exitCode, ReportDocument report, DriverRequest? request = null, Exception? exception = null)
    {
        var path = variable(DriverInput.ResultVariable) is { Length: > 0 } given ? given : DriverInput.DefaultResult;
        try
        {
            File.WriteAllBytes(path, output.Encode(report));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            output.Write("error", $"the result cannot be written to {path}", request, failure);
            exitCode = exitCode == DriverExitCode.Ok ? DriverExitCode.Software : exitCode;
        }

        output.Write(exitCode == DriverExitCode.Ok ? "info" : "error", report.Error is null ? $"operation done: {report.Message}" : $"operation failed: {report.Error}: {report.Message}", request, exception);
        return exitCode;
    }
}
