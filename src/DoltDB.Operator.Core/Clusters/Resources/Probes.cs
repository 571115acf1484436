using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>
/// The probes of the server container: a TCP connection to the SQL port, which costs nothing and needs no password. Whether a server
/// that accepts connections also works is what the operator's own SQL probes tell.
/// </summary>
internal static class Probes
{
    /// <summary>Recovery of a large journal may take half an hour; until then nothing restarts the server.</summary>
    public static Probe Startup(int port) => Tcp(new Probe { PeriodSeconds = 1, TimeoutSeconds = 2, FailureThreshold = 1800 }, port);

    /// <summary>When a server gets traffic.</summary>
    public static Probe Readiness(DoltDbSpec spec) =>
        Of(spec.Probes?.ReadinessProbe, spec.SqlPort()) ?? Tcp(new Probe { PeriodSeconds = 5, TimeoutSeconds = 2, FailureThreshold = 2 }, spec.SqlPort());

    /// <summary>When a server is restarted.</summary>
    public static Probe Liveness(DoltDbSpec spec) =>
        Of(spec.Probes?.LivenessProbe, spec.SqlPort()) ?? Tcp(new Probe { PeriodSeconds = 10, TimeoutSeconds = 5, FailureThreshold = 6 }, spec.SqlPort());

    /// <summary>The user's probe: its timing always, its handler when it has one.</summary>
    private static Probe? Of(JsonElement? wanted, int port)
    {
        if (wanted?.Deserialize(KubernetesJson.Default.Probe) is not { } probe)
            return null;
        return probe.Exec is null && probe.HttpGet is null && probe.TcpSocket is null && probe.Grpc is null ? Tcp(probe, port) : probe;
    }

    private static Probe Tcp(Probe timing, int port) => timing with { TcpSocket = new TcpSocketAction { Port = port } };
}
