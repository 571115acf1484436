using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Core.Tests.JobDrivers;

/// <summary>A runner on an API server where nobody runs the Jobs: a test says how they end.</summary>
internal sealed class RunnerBench : IAsyncDisposable
{
    private readonly SandboxApiServer server;
    private readonly SeenJobs seen = new();

    private RunnerBench(SandboxApiServer server)
    {
        this.server = server;
        Client = server.Connect("test");
        Runner = new JobDriverRunner(Client, seen, Clock, NullLogger<JobDriverRunner>.Instance);
    }

    public KubernetesClient Client { get; }

    public ManualTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public JobDriverRunner Runner { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RunnerBench> StartAsync() =>
        new(await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Listen = null }, TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server.DisposeAsync();
    }

    /// <summary>One call that sees all that happened before.</summary>
    public async Task<DriverJobOutcome> RunAsync(DriverJobRequest request)
    {
        seen.Jobs = await JobsAsync();
        return await Runner.RunAsync(request, Cancel);
    }

    /// <summary>One call that sees what the call before saw.</summary>
    public Task<DriverJobOutcome> RunBlindAsync(DriverJobRequest request) => Runner.RunAsync(request, Cancel);

    public async Task CompleteAsync(DriverJobRequest request)
    {
        seen.Jobs = await JobsAsync();
        await Runner.CompleteAsync(request, Cancel);
    }

    public async Task<IReadOnlyList<Job>> JobsAsync() => (await Client.ListAsync(BuiltInKinds.Job, new ListOptions { Namespace = "default" }, Cancel)).Items;

    public async Task<IReadOnlyList<Secret>> SecretsAsync() => (await Client.ListAsync(BuiltInKinds.Secret, new ListOptions { Namespace = "default" }, Cancel)).Items;

    /// <summary>Lets the only Job end with this message.</summary>
    public async Task EndAsync(bool isComplete, string? message)
    {
        var job = (await JobsAsync()).Single(candidate => candidate.Status?.Conditions is null);
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = job.Metadata.Name + "-pod", Namespace = "default", Labels = job.Spec!.Template!.Metadata!.Labels },
            Spec = job.Spec.Template.Spec,
        };
        var created = await Client.CreateAsync(BuiltInKinds.Pod, pod, Cancel);
        var end = new ContainerStateTerminated { ExitCode = isComplete ? 0 : 75, Message = message, FinishedAt = Clock.GetUtcNow() };
        var status = new PodStatus { ContainerStatuses = [new ContainerStatus { Name = DriverJobs.Container, State = new ContainerState { Terminated = end } }] };
        await Client.ReplaceAsync(BuiltInKinds.Pod, created with { Status = status }, "status", Cancel);
        var condition = new PodCondition
        {
            Type = isComplete ? "Complete" : "Failed", Status = "True", Reason = isComplete ? "CompletionsReached" : "BackoffLimitExceeded", LastTransitionTime = Clock.GetUtcNow(),
        };
        var target = condition with { Type = isComplete ? "SuccessCriteriaMet" : "FailureTarget" };
        var ended = new JobStatus { StartTime = Clock.GetUtcNow(), CompletionTime = isComplete ? Clock.GetUtcNow() : null, Conditions = [target, condition] };
        var patch = new JsonObject { ["status"] = JsonSerializer.SerializeToNode(ended, KubernetesJson.Default.JobStatus) };
        await Client.MergePatchAsync(BuiltInKinds.Job, NamespacedName.Of(job), patch, "status", Cancel);
    }

    private sealed class SeenJobs : IObjectCache<Job>
    {
        public IReadOnlyList<Job> Jobs { get; set; } = [];

        public ResourceKind<Job> Kind => BuiltInKinds.Job;

        public bool HasSynced => true;

        public Task WaitForSyncAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Job? Get(NamespacedName name) => Jobs.FirstOrDefault(job => NamespacedName.Of(job) == name);

        public IReadOnlyList<Job> List(string? ns = null) => [.. Jobs.Where(job => ns is null || job.Metadata.Namespace == ns)];

        public IReadOnlyList<Job> Lookup(string index, string value) => throw new KeyNotFoundException(index);

        public void AddIndex(string name, Func<Job, IReadOnlyList<string>> values) => throw new NotSupportedException();

        public IDisposable Subscribe(Action<CacheChange<Job>> onChange) => throw new NotSupportedException();
    }
}
