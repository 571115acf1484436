using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Core.Tests.Resources;

/// <summary>The probes' commands run by a real shell, against listeners that greet, stay silent, or are not there.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProbeTests : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly DoltDbSpec spec;

    public ProbeTests()
    {
        listener.Start();
        spec = new DoltDbSpec { Server = new() { Listener = new() { Port = ((IPEndPoint)listener.LocalEndpoint).Port } } };
    }

    private Probe Ready => Quick(Probes.Readiness(spec));

    private Probe Alive => Quick(Probes.Liveness(spec));

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task A_server_that_greets_is_ready_and_alive()
    {
        var greeting = GreetAsync(clients: 2);
        (await PassesAsync(Ready)).ShouldBeTrue();
        (await PassesAsync(Alive)).ShouldBeTrue();
        await greeting;
    }

    [Fact]
    public async Task A_server_that_lets_new_clients_wait_is_not_ready_but_alive()
    {
        (await PassesAsync(Ready)).ShouldBeFalse();
        (await PassesAsync(Alive)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_whose_process_is_stopped_is_not_alive()
    {
        var directory = Directory.CreateTempSubdirectory("doltdb-probe-");
        var program = Path.Combine(directory.FullName, "dolt");
        File.Copy("/bin/sleep", program);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var dolt = Process.Start(program, "60");
        try
        {
            using (var stop = Process.Start("kill", ["-STOP", $"{dolt.Id}"]))
                await stop.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Eventually.HoldsAsync(() => File.ReadAllText($"/proc/{dolt.Id}/status").Contains("State:\tT", StringComparison.Ordinal), "a stopped process");
            (await PassesAsync(Alive)).ShouldBeFalse();
        }
        finally
        {
            dolt.Kill();
            await dolt.WaitForExitAsync(CancellationToken.None);
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_neither()
    {
        listener.Stop();
        (await PassesAsync(Ready)).ShouldBeFalse();
        (await PassesAsync(Alive)).ShouldBeFalse();
    }

    private async Task GreetAsync(int clients)
    {
        for (var client = 0; client < clients; client++)
        {
            using var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
            await socket.SendAsync("J\0\0\0\n8.0.33\0"u8.ToArray(), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The same question with less patience.</summary>
    private static Probe Quick(Probe probe)
    {
        var patience = string.Create(CultureInfo.InvariantCulture, $"timeout {(probe.TimeoutSeconds ?? 1) * 0.7:0.0}");
        string[] command = [.. probe.Exec!.Command!];
        command[^1].ShouldContain(patience);
        command[^1] = command[^1].Replace(patience, "timeout 0.3", StringComparison.Ordinal);
        return probe with { Exec = new ExecAction { Command = command } };
    }

    private static async Task<bool> PassesAsync(Probe probe)
    {
        var start = new ProcessStartInfo(probe.Exec!.Command![0], probe.Exec.Command.Skip(1)) { UseShellExecute = false, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}
