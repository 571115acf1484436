using System.Globalization;
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
    private const int DefaultTimeout = 1;

    /// <summary>Whether the server's process is stopped, and not only busy.</summary>
    private const string IsStopped = "grep -hs -A 2 '^Name:[[:space:]]*dolt$' /proc/[0-9]*/status | grep -q '^State:[[:space:]]*T'";

    /// <summary>Recovery of a large journal may take half an hour; until then nothing restarts the server.</summary>
    public static Probe Startup(int port) => Greeting(new Probe { PeriodSeconds = 1, TimeoutSeconds = 3, FailureThreshold = 1800 }, port);

    /// <summary>When a server gets traffic.</summary>
    public static Probe Readiness(DoltDbSpec spec) =>
        Of(spec.Probes?.ReadinessProbe, spec.SqlPort()) ?? Greeting(new Probe { PeriodSeconds = 5, TimeoutSeconds = 3, FailureThreshold = 2 }, spec.SqlPort());

    /// <summary>
    /// When a server is restarted: after a minute in which it neither spoke nor ran. One that lets a client wait because it has as many as it may have
    /// (max_connections) works for those, and is left alone.
    /// </summary>
    public static Probe Liveness(DoltDbSpec spec) =>
        Of(spec.Probes?.LivenessProbe, spec.SqlPort(), IsStopped) ?? Greeting(new Probe { PeriodSeconds = 10, TimeoutSeconds = 10, FailureThreshold = 6 }, spec.SqlPort(), IsStopped);

    /// <summary>The user's probe: its timing always, its handler when it has one.</summary>
    private static Probe? Of(JsonElement? wanted, int port, string? unless = null)
    {
        if (wanted?.Deserialize(KubernetesJson.Default.Probe) is not { } probe)
            return null;
        return probe.Exec is null && probe.HttpGet is null && probe.TcpSocket is null && probe.Grpc is null ? Greeting(probe, port, unless) : probe;
    }

    /// <summary>
    /// Reads the whole greeting, so that the server sees an ordinary end; its own timeout because not every node ends a late command, and because there
    /// may be another question to ask in the time that is left.
    /// </summary>
    private static Probe Greeting(Probe timing, int port, string? unless = null)
    {
        var patience = (timing.TimeoutSeconds ?? DefaultTimeout) * 0.7;
        var greets = string.Create(CultureInfo.InvariantCulture, $"timeout {patience:0.0} dd bs=4096 count=1 status=none <&3 | grep -qa .");
        var connected = string.Create(CultureInfo.InvariantCulture, $"exec 3<>/dev/tcp/127.0.0.1/{port} && ");
        return timing with { Exec = new ExecAction { Command = ["bash", "-c", connected + (unless is null ? greets : $"{{ {greets} || ! {unless}; }}")] } };
    }
}
