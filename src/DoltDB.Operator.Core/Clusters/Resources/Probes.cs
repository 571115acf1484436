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

    /// <summary>Recovery of a large journal may take half an hour; until then nothing restarts the server.</summary>
    public static Probe Startup(int port) => Greeting(new Probe { PeriodSeconds = 1, TimeoutSeconds = 3, FailureThreshold = 1800 }, port);

    /// <summary>When a server gets traffic.</summary>
    public static Probe Readiness(DoltDbSpec spec) =>
        Of(spec.Probes?.ReadinessProbe, spec.SqlPort()) ?? Greeting(new Probe { PeriodSeconds = 5, TimeoutSeconds = 3, FailureThreshold = 2 }, spec.SqlPort());

    /// <summary>When a server is restarted: after a minute of silence, for a server under load is slow to greet.</summary>
    public static Probe Liveness(DoltDbSpec spec) =>
        Of(spec.Probes?.LivenessProbe, spec.SqlPort()) ?? Greeting(new Probe { PeriodSeconds = 10, TimeoutSeconds = 10, FailureThreshold = 6 }, spec.SqlPort());

    /// <summary>The user's probe: its timing always, its handler when it has one.</summary>
    private static Probe? Of(JsonElement? wanted, int port)
    {
        if (wanted?.Deserialize(KubernetesJson.Default.Probe) is not { } probe)
            return null;
        return probe.Exec is null && probe.HttpGet is null && probe.TcpSocket is null && probe.Grpc is null ? Greeting(probe, port) : probe;
    }

    /// <summary>Reads the whole greeting, so that the server sees an ordinary end; its own timeout because not every node ends a late command.</summary>
    private static Probe Greeting(Probe timing, int port) => timing with
    {
        Exec = new ExecAction
        {
            Command =
            [
                "bash",
                "-c",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"exec 3<>/dev/tcp/127.0.0.1/{port} && timeout {timing.TimeoutSeconds ?? DefaultTimeout} dd bs=4096 count=1 status=none <&3 | grep -qa ."),
            ],
        },
    };
}
