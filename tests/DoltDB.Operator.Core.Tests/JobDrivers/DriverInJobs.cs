using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Drivers.Conformance;
using DoltDB.Operator.Drivers.Tests;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Core.Tests.JobDrivers;

/// <summary>The sample driver as Jobs of a sandbox whose node runs them as processes.</summary>
internal sealed class DriverInJobs : IDriverUnderTest, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string directory;
    private readonly SupervisedLoops loops = new(NullLogger.Instance);
    private readonly KubernetesMetrics metrics = new();
    private readonly SandboxHost host;
    private readonly JobDriverRunner runner;
    private int revision;

    private DriverInJobs(SandboxHost host, string directory)
    {
        (this.host, this.directory) = (host, directory);
        Client = host.ApiServer.Connect("operator");
        var caches = new CacheRegistry(Client, [], TimeProvider.System, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
        Jobs = caches.Get(BuiltInKinds.Job);
        caches.Start(loops);
        runner = new JobDriverRunner(Client, Jobs, TimeProvider.System, NullLogger<JobDriverRunner>.Instance);
    }

    public KubernetesClient Client { get; }

    public IObjectCache<Job> Jobs { get; }

    public bool CanBeKilled => false;

    public static async Task<DriverInJobs> StartAsync(CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("driver-jobs-").FullName;
        var host = await SandboxHost.StartAsync(new SandboxOptions { DataDirectory = data, Definitions = [], IsEphemeral = true, Listen = null }, cancellationToken);
        var driver = new DriverInJobs(host, data);
        await driver.Jobs.WaitForSyncAsync(cancellationToken);
        return driver;
    }

    public async Task<ConformanceRun> RunAsync(Drivers.DriverRequest request, TimeSpan? killAfter, CancellationToken cancellationToken)
    {
        var asked = Translate(request);
        var ended = await EndAsync(asked, cancellationToken);
        var output = string.Join('\n', Jobs.List().Select(static job => job.ToString() + string.Join('\n', job.Metadata.Annotations ?? []))) + ended;
        await runner.CompleteAsync(asked, cancellationToken);
        return ended switch
        {
            DriverJobOutcome.Succeeded done => new ConformanceRun { IsOk = true, Message = done.Result.Message, Output = output },
            DriverJobOutcome.Failed failed => new ConformanceRun { IsOk = false, Error = Enum.Parse<Drivers.DriverError>(failed.Failure.ToString()), Message = failed.Message, Output = output },
            _ => throw new InvalidOperationException("the Job did not end"),
        };
    }

    /// <summary>Asks as a controller does until the operation has ended.</summary>
    public Task<DriverJobOutcome> EndAsync(DriverJobRequest request, CancellationToken cancellationToken) => Eventually.GetAsync(
        async () => await runner.RunAsync(request, cancellationToken) is var outcome and not DriverJobOutcome.Running ? outcome : null, Patience, "the Job of the driver ends");

    public DriverJobRequest Translate(Drivers.DriverRequest request) => new()
    {
        Owner = new Database { Metadata = new ObjectMeta { Name = request.ObjectName, Namespace = "default", Uid = UidOf(request.ObjectName) } },
        Driver = new DatabaseDriver
        {
            Metadata = new ObjectMeta { Name = "files", Namespace = "default", Uid = "2f1c7a52-0000-4000-8000-000000000002", Generation = 1 },
            Spec = new DatabaseDriverSpec { Image = "example.com/file-driver:1", Command = [FileServer.Program], Engines = ["file"], BackoffLimit = 0 },
        },
        Operation = Enum.Parse<DriverOperation>(request.Operation.ToString()),
        Revision = (++revision).ToString(CultureInfo.InvariantCulture),
        Engine = request.Engine,
        DatabaseName = request.Database,
        Parameters = request.Parameters,
        Administrator = new DriverCredential(request.Administrator!.User, request.Administrator.Password),
        OwnerAccount = request.Owner is { } owner ? new DriverCredential(owner.User, owner.Password) : null,
        Charset = request.Charset,
        Backup = request.Backup,
    };

    private static string UidOf(string name) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString();

    public async ValueTask DisposeAsync()
    {
        await loops.DisposeAsync();
        Client.Dispose();
        await host.DisposeAsync();
        metrics.Dispose();
        Directory.Delete(directory, recursive: true);
    }
}
