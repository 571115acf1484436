using System.Diagnostics;
using System.Text.Json;

namespace DoltDB.Operator.Drivers.Conformance;

/// <summary>Runs a driver as a process of this machine, with the input that a Job would give it.</summary>
/// <param name="command">Program and arguments.</param>
/// <param name="time">The clock of kills.</param>
public sealed class DriverProcess(IReadOnlyList<string> command, TimeProvider time) : IDriverUnderTest
{
    /// <inheritdoc/>
    public bool CanBeKilled => true;

    /// <inheritdoc/>
    public async Task<ConformanceRun> RunAsync(DriverRequest request, TimeSpan? killAfter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var directory = Directory.CreateTempSubdirectory("driver-");
        try
        {
            await WriteInputAsync(directory.FullName, request, cancellationToken);
            var result = Path.Combine(directory.FullName, "result");
            using var process = Process.Start(StartInfo(directory.FullName, result, request)) ?? throw new InvalidOperationException($"{command[0]} did not start");
            var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            var wasKilled = await WaitAsync(process, killAfter, cancellationToken);
            var text = await ReadAsync(result, cancellationToken);
            return Run(text, string.Join('\n', [text, .. await output]), process.ExitCode, wasKilled);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task<bool> WaitAsync(Process process, TimeSpan? killAfter, CancellationToken cancellationToken)
    {
        var ended = process.WaitForExitAsync(cancellationToken);
        var wasKilled = killAfter is { } life && await Task.WhenAny(ended, Task.Delay(life, time, cancellationToken)) != ended;
        if (wasKilled)
            process.Kill();
        await ended;
        return wasKilled;
    }

    private ProcessStartInfo StartInfo(string directory, string result, DriverRequest request)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[DriverInput.InputVariable] = directory;
        start.Environment[DriverInput.ResultVariable] = result;
        start.Environment[DriverInput.OperationVariable] = Verb(request.Operation);
        start.Environment[DriverInput.DatabaseVariable] = request.ObjectName;
        start.Environment[DriverInput.NamespaceVariable] = request.Namespace;
        if (request.Backup is { } backup)
            start.Environment[DriverInput.BackupVariable] = backup;
        return start;
    }

    private static async Task WriteInputAsync(string directory, DriverRequest request, CancellationToken cancellationToken)
    {
        var document = new RequestDocument
        {
            Version = 1,
            Operation = Verb(request.Operation),
            Engine = request.Engine,
            Database = request.Database,
            Host = request.Host,
            Port = request.Port,
            Tls = new TlsDocument(request.Tls.Mode.ToString()),
            Parameters = request.Parameters.ToDictionary(),
            Owner = request.Owner?.User,
            Charset = request.Charset,
            Collation = request.Collation,
            Backup = request.Backup,
        };
        await File.WriteAllTextAsync(Path.Combine(directory, "request.json"), JsonSerializer.Serialize(document, DocumentsJson.Default.RequestDocument), cancellationToken);
        foreach (var (prefix, account) in new[] { ("admin", request.Administrator), ("owner", request.Owner) })
        {
            if (account is null)
                continue;
            await File.WriteAllTextAsync(Path.Combine(directory, prefix + "-username"), account.User, cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(directory, prefix + "-password"), account.Password, cancellationToken);
        }
    }

    private static string Verb(DriverOperation operation) => operation.ToString().ToLowerInvariant();

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : "";

    private static ConformanceRun Run(string result, string output, int exitCode, bool wasKilled)
    {
        try
        {
            var report = result.Length == 0 ? null : JsonSerializer.Deserialize(result, DocumentsJson.Default.ReportDocument);
            return new ConformanceRun
            {
                IsOk = report?.Result == "ok",
                Error = Enum.TryParse<DriverError>(report?.Error, ignoreCase: true, out var error) ? error : null,
                Message = report?.Message,
                ExitCode = exitCode,
                Output = output,
                WasKilled = wasKilled,
            };
        }
        catch (JsonException exception)
        {
            return new ConformanceRun { IsOk = false, Message = $"the result cannot be read: {exception.Message}", ExitCode = exitCode, Output = output, WasKilled = wasKilled };
        }
    }
}
