using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;

namespace DoltDB.Operator.Benchmarks;

/// <summary>The published operator as a child process.</summary>
internal sealed class OperatorChild : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly long started;
    private readonly int healthPort;

    private OperatorChild(Process process, long started, int healthPort) => (this.process, this.started, this.healthPort) = (process, started, healthPort);

    /// <summary>Resident memory of the process in MiB.</summary>
    public double ResidentMiB => File.ReadLines($"/proc/{process.Id}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
        .Single();

    /// <summary>Processor time that the process has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the operator against the API server that the kubeconfig names.</summary>
    public static OperatorChild Start(string program, string kubeconfig)
    {
        if (!File.Exists(program))
            throw new FileNotFoundException($"{program} does not exist: run make publish first");
        var port = FreePort();
        var start = new ProcessStartInfo(program, ["run", "--kubeconfig", kubeconfig, "--health-probe-bind-address", $"127.0.0.1:{port}", "--metrics-bind-address", "0", "--zap-log-level", "error"])
        {
            UseShellExecute = false,

            // As the image sets it.
            Environment = { ["DOTNET_GCgen0size"] = "0x400000" },
        };
        var started = TimeProvider.System.GetTimestamp();
        return new OperatorChild(Process.Start(start)!, started, port);
    }

    /// <summary>Time from the start until /readyz answered 200.</summary>
    public async Task<TimeSpan> WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        while (TimeProvider.System.GetElapsedTime(started) < Limit)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{healthPort}/readyz"), cancellationToken);
                if (answer.IsSuccessStatusCode)
                    return TimeProvider.System.GetElapsedTime(started);
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellationToken);
        }

        throw new TimeoutException("the operator did not become ready");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
