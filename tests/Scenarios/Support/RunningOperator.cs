using DoltDB.Operator.Hosting;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Sandbox.Hosting;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>One operator in this process.</summary>
internal sealed class RunningOperator : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly KubernetesMetrics metrics = new();
    private readonly KubernetesClient client;
    private readonly SandboxHost host;
    private readonly Task<bool> running;
    private IDisposable? dead;

    private RunningOperator(SandboxHost host, string userAgent, OperatorOptions options)
    {
        this.host = host;
        UserAgent = userAgent;
        client = host.ApiServer.Connect(userAgent, Requests);
        var services = new ControllerServices(TimeProvider.System, new Random(1), metrics, Log);
        Runtime = new OperatorRuntime(client, options, "default", services);
        running = Runtime.RunAsync(stopping.Token);
    }

    public string UserAgent { get; }

    public OperatorRuntime Runtime { get; }

    /// <summary>All that it logged.</summary>
    public OperatorLog Log { get; } = new();

    /// <summary>All that it sent, for scenarios that look at single requests.</summary>
    public RequestTap Requests { get; } = new();

    public static RunningOperator Start(SandboxHost host, string userAgent, OperatorOptions options) => new(host, userAgent, options);

    /// <summary>Ends it as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await running;
    }

    /// <summary>Ends it as SIGKILL does: from now on nothing that it sends arrives.</summary>
    public Task KillAsync()
    {
        dead = host.ApiServer.Faults.Fail(context => context.Kind.UserAgent == UserAgent, 403);
        return StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Runtime.DisposeAsync();
        client.Dispose();
        metrics.Dispose();
        dead?.Dispose();
        stopping.Dispose();
    }
}
