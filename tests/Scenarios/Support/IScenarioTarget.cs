using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Sandbox.Hosting;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>The Kubernetes that scenarios run on, one namespace of it for each scenario.</summary>
internal interface IScenarioTarget : IAsyncDisposable
{
    /// <summary>The scenario's namespace.</summary>
    string Namespace { get; }

    /// <summary>The user's access to the API server.</summary>
    KubernetesClient Client { get; }

    /// <summary>How long to wait for anything.</summary>
    TimeSpan Patience { get; }

    /// <summary>The sandbox from inside: its faults, its counts of requests, its operators. Null on a real cluster.</summary>
    SandboxHost? Inside { get; }

    /// <summary>Creates or changes what the manifests say.</summary>
    /// <exception cref="ManifestException">One was refused.</exception>
    Task<IReadOnlyList<AppliedManifest>> ApplyAsync(string yaml, CancellationToken cancellationToken);

    /// <summary>Where a client reaches a Service.</summary>
    /// <exception cref="IOException">It cannot be reached now.</exception>
    Task<Address> ServiceAddressAsync(string service, CancellationToken cancellationToken);

    /// <summary>Where a client reaches the server of a pod.</summary>
    /// <exception cref="IOException">It cannot be reached now.</exception>
    Task<Address> PodAddressAsync(string pod, CancellationToken cancellationToken);

    /// <summary>Sends a signal to the server of a pod; nothing happens when it does not run.</summary>
    Task SignalAsync(string pod, ServerSignal signal, CancellationToken cancellationToken);
}

/// <summary>Host and port.</summary>
internal sealed record Address(string Host, int Port);

/// <summary>What can be done to a server: SIGKILL, SIGSTOP, SIGCONT.</summary>
internal enum ServerSignal
{
    Kill,
    Freeze,
    Thaw,
}
