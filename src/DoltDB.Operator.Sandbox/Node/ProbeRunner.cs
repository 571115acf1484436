using System.Net.Sockets;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>What the probes of a container say together.</summary>
internal readonly record struct ProbeVerdict(bool Started, bool Ready, bool Alive);

/// <summary>Runs the startup, readiness and liveness probes of a container.</summary>
internal sealed class ProbeRunner(Container container, TimeProvider time)
{
    private const int DefaultPeriod = 10;
    private IRunningContainer? running;
    private bool started;
    private bool ready;

    /// <summary>Probes until cancelled; <paramref name="report"/> is told whenever a verdict may have changed.</summary>
    public async Task RunAsync(ContainerLaunch launch, IRunningContainer running, Action<ProbeVerdict> report, CancellationToken cancellationToken)
    {
        this.running = running;
        started = container.StartupProbe is null;
        ready = started && container.ReadinessProbe is null;
        try
        {
            if (container.StartupProbe is { } startup)
                await StartUpAsync(startup, launch, report, cancellationToken);
            await Task.WhenAll(
                Loop(container.ReadinessProbe, launch, initially: false, verdict => Report(report, isReady: verdict, alive: true), cancellationToken),
                Loop(container.LivenessProbe, launch, initially: true, verdict => Report(report, isReady: ready, alive: verdict), cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The container ended, or is being stopped.
        }
    }

    private async Task StartUpAsync(Probe startup, ContainerLaunch launch, Action<ProbeVerdict> report, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var seen = ProbeTracker.Start(verdict: false);
        while (!seen.Verdict)
        {
            seen = seen.After(await TryAsync(startup, launch, cancellationToken), startup);
            if (!seen.Verdict && !seen.LastResult && seen.Run >= (startup.FailureThreshold ?? 3))
                Report(report, isReady: false, alive: false);
            if (!seen.Verdict)
                await Task.Delay(Seconds(startup.PeriodSeconds, DefaultPeriod), time, cancellationToken);
        }

        started = true;
        ready = container.ReadinessProbe is null;
        Report(report, ready, alive: true);
    }

    private async Task Loop(Probe? probe, ContainerLaunch launch, bool initially, Action<bool> report, CancellationToken cancellationToken)
    {
        if (probe is null)
            return;
        if (probe.InitialDelaySeconds is > 0 and var delay)
            await Task.Delay(TimeSpan.FromSeconds(delay), time, cancellationToken);
        for (var seen = ProbeTracker.Start(initially); ;)
        {
            var before = seen.Verdict;
            seen = seen.After(await TryAsync(probe, launch, cancellationToken), probe);
            if (seen.Verdict != before)
                report(seen.Verdict);
            await Task.Delay(Seconds(probe.PeriodSeconds, DefaultPeriod), time, cancellationToken);
        }
    }

    private void Report(Action<ProbeVerdict> report, bool isReady, bool alive)
    {
        ready = isReady;
        report(new ProbeVerdict(started, ready, alive));
    }

    private async Task<bool> TryAsync(Probe probe, ContainerLaunch launch, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Seconds(probe.TimeoutSeconds, 1), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            if (probe.TcpSocket is { } tcp)
                return await ConnectAsync(launch, tcp.Port, either.Token);
            if (probe.HttpGet is { } http)
                return await GetAsync(launch, http, either.Token);
            return probe.Exec?.Command is not { Count: > 0 } command || await running!.ExecuteAsync(command, launch, either.Token) == 0;
        }
        catch (Exception exception) when (exception is SocketException or HttpRequestException or IOException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> ConnectAsync(ContainerLaunch launch, IntOrString port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(launch.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(launch.Address, PortNumber(port), cancellationToken);
        return true;
    }

    private async Task<bool> GetAsync(ContainerLaunch launch, HttpGetAction action, CancellationToken cancellationToken)
    {
        // A kubelet does not verify the certificate of a probed container either.
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var http = new HttpClient(handler);
        var scheme = action.Scheme is { Length: > 0 } given ? given.ToLowerInvariant() : "http";
        var uri = new Uri($"{scheme}://{action.Host ?? launch.Address.ToString()}:{PortNumber(action.Port)}{action.Path ?? "/"}");
        using var answer = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)answer.StatusCode is >= 200 and < 400;
    }

    private int PortNumber(IntOrString port) =>
        port.Number ?? container.Ports?.FirstOrDefault(candidate => candidate.Name == port.Text)?.Number
        ?? (int.TryParse(port.Text, out var number) ? number : 0);

    private static TimeSpan Seconds(int? given, int otherwise) => TimeSpan.FromSeconds(given is > 0 and var value ? value : otherwise);
}
