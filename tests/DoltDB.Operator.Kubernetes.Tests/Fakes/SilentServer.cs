using System.Net;
using System.Net.Sockets;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Fakes;

/// <summary>Accepts every connection and never says a word, as a server does behind a broken network.</summary>
internal sealed class SilentServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> connections = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private int accepted;

    public SilentServer()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>How many connections were opened so far.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>A client that gives a connection up soon.</summary>
    public KubernetesClient CreateClient(KubernetesMetrics metrics) => new(
        new KubernetesClientConfiguration { Server = new Uri($"https://{listener.LocalEndpoint}") },
        new KubernetesClientOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100) },
        TimeProvider.System,
        metrics,
        NullLogger<KubernetesClient>.Instance);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Dispose();
        connections.ForEach(connection => connection.Dispose());
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                connections.Add(await listener.AcceptSocketAsync(stopping.Token));
                Interlocked.Increment(ref accepted);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
