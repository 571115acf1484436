using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DoltDB.Operator.Testing.Servers;

/// <summary>A program of this machine that tests start on loopback.</summary>
public static class LocalProcess
{
    /// <summary>For how long a server may start.</summary>
    public static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    /// <summary>A port of loopback that nobody listens on.</summary>
    public static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The path of a program.</summary>
    /// <exception cref="FileNotFoundException">It is not installed; the message says what to install.</exception>
    public static string Find(string program, string package, params string[] folders)
    {
        string[] searched = [.. folders, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/bin", "/usr/local/bin"];
        return searched.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{program} is missing: apt-get install -y {package}");
    }

    /// <summary>Starts a program. Its output goes nowhere: a pipe that nobody reads would stop it.</summary>
    public static Process Start(string program, params IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]))
        ?? throw new InvalidOperationException($"{program} did not start");

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        using var deadline = new CancellationTokenSource(StartDeadline, TimeProvider.System);
        await process.WaitForExitAsync(deadline.Token);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }

    /// <summary>Waits until the check passes, for as long as the server lives.</summary>
    public static async Task AwaitAsync(Process server, string name, Func<CancellationToken, Task<bool>> isReady)
    {
        using var deadline = new CancellationTokenSource(StartDeadline, TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!await isReady(deadline.Token))
        {
            if (server.HasExited)
                throw new InvalidOperationException($"{name} stopped");
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Whether whoever listens on the port of loopback says something first.</summary>
    public static async Task<bool> IsGreetingAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return await client.GetStream().ReadAsync(new byte[1], cancellationToken) == 1;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return false;
        }
    }

    /// <summary>Ends a process and all that it started.</summary>
    public static async Task EndAsync(Process? process)
    {
        if (process is null)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
