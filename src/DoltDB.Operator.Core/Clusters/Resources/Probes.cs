using System.Globalization;
using System.Net;
using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>
/// The probes of the server container: a server must speak first, as every MySQL server does, also one that wants TLS. A connection alone says
/// nothing: the kernel opens it for a process that hangs. No login, no password and no program of Dolt is needed, and the server sees a client
/// that goes away before it logs in. Whether a server also works is what the operator's own SQL probes tell.
/// </summary>
internal static class Probes
{
    // What a user's probe gets that says nothing about it. The kubelet's own default of 1 s kills servers that are only busy.
    private const int ReadinessTimeout = 3;
    private const int LivenessTimeout = 5;

    /// <summary>Whether the server's process is stopped, and not only busy.</summary>
    private const string IsStopped = "grep -hs -A 2 '^Name:[[:space:]]*dolt$' /proc/[0-9]*/status | grep -q '^State:[[:space:]]*T'";

    /// <summary>
    /// Recovery of a large journal may take half an hour; until then nothing restarts the server. It opens its port when it is done, so that a connection is
    /// enough here, which costs no process in the container. The kubelet comes from outside, where a listener on the loopback is not seen.
    /// </summary>
    public static Probe Startup(DoltDbSpec spec)
    {
        var timing = new Probe { PeriodSeconds = 2, TimeoutSeconds = 3, FailureThreshold = 900 };
        return IsLoopback(spec.ListenerHost()) ? Greeting(timing, spec.SqlPort()) : timing with { TcpSocket = new TcpSocketAction { Port = spec.SqlPort() } };
    }

    /// <summary>When a server gets traffic.</summary>
    public static Probe Readiness(DoltDbSpec spec) =>
        Of(spec.Probes?.ReadinessProbe, spec.SqlPort(), ReadinessTimeout)
        ?? Greeting(new Probe { PeriodSeconds = 10, TimeoutSeconds = ReadinessTimeout, FailureThreshold = 2 }, spec.SqlPort());

    /// <summary>
    /// When a server is restarted: after a minute in which it neither spoke nor ran. One that lets a client wait because it has as many as it may have
    /// (max_connections) works for those, and is left alone.
    /// </summary>
    public static Probe Liveness(DoltDbSpec spec) =>
        Of(spec.Probes?.LivenessProbe, spec.SqlPort(), LivenessTimeout, IsStopped) ?? Greeting(new Probe { PeriodSeconds = 10, TimeoutSeconds = 10, FailureThreshold = 6 }, spec.SqlPort(), IsStopped);

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>The user's probe: its timing always, its handler when it has one.</summary>
    private static Probe? Of(JsonElement? wanted, int port, int timeout, string? unless = null)
    {
        if (wanted?.Deserialize(KubernetesJson.Default.Probe) is not { } given)
            return null;
        var probe = given with { TimeoutSeconds = given.TimeoutSeconds ?? timeout };
        return probe.Exec is null && probe.HttpGet is null && probe.TcpSocket is null && probe.Grpc is null ? Greeting(probe, port, unless) : probe;
    }

    /// <summary>
    /// Reads the whole greeting, so that the server sees an ordinary end; its own timeout because not every node ends a late command, and because there
    /// may be another question to ask in the time that is left.
    /// </summary>
    private static Probe Greeting(Probe timing, int port, string? unless = null)
    {
        var patience = (timing.TimeoutSeconds ?? 1) * 0.7;
        var greets = string.Create(CultureInfo.InvariantCulture, $"timeout {patience:0.0} dd bs=4096 count=1 status=none <&3 | grep -qa .");
        var connected = string.Create(CultureInfo.InvariantCulture, $"exec 3<>/dev/tcp/127.0.0.1/{port} && ");
        return timing with { Exec = new ExecAction { Command = ["bash", "-c", connected + (unless is null ? greets : $"{{ {greets} || ! {unless}; }}")] } };
    }
}
