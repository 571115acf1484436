using System.Text;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers.Jobs;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Sandbox.Tests.Node;

/// <summary>Jobs whose containers are processes: what they are given, and what is seen of their end.</summary>
public sealed class JobProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string directory = Directory.CreateTempSubdirectory("job-process-").FullName;
    private SandboxHost host = null!;
    private KubernetesClient client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await SandboxHost.StartAsync(new SandboxOptions { DataDirectory = directory, Definitions = [], IsEphemeral = true, Listen = null }, Cancel);
        client = host.ApiServer.Connect("test");
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_program_reads_its_secret_and_its_last_words_become_the_message()
    {
        var secret = new Secret
        {
            Metadata = new ObjectMeta { Name = "input", Namespace = "default" },
            Data = new() { ["password"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("s3cret")) },
        };
        await client.CreateAsync(BuiltInKinds.Secret, secret, Cancel);

        var (job, end) = await RunAsync("""test "$(cat "$INPUT/password")" = s3cret && echo written > "$SCRATCH/file" && printf done > /dev/termination-log""");

        JobPlan.IsComplete(job).ShouldBeTrue();
        (end.ExitCode, end.Message).ShouldBe((0, "done"));
    }

    [Fact]
    public async Task A_message_is_cut_and_a_silent_program_has_none()
    {
        (await RunAsync("head -c 5000 /dev/zero | tr '\\0' x > /dev/termination-log")).End.Message!.Length.ShouldBe(4096);
        (await RunAsync("true")).End.Message.ShouldBeNull();
    }

    [Fact]
    public async Task A_failure_shows_the_log_when_that_is_asked_for()
    {
        (await RunAsync("echo broken; exit 3", "FallbackToLogsOnError")).End.Message.ShouldBe("broken");
        (await RunAsync("echo broken; exit 3")).End.Message.ShouldBeNull();
    }

    [Fact]
    public async Task An_exit_code_that_no_repetition_changes_ends_the_job_at_once()
    {
        var (job, end) = await RunAsync("exit 65");

        end.ExitCode.ShouldBe(65);
        job.Status!.Failed.ShouldBe(1);
        job.Status.Conditions!.Single(condition => condition.Type == "Failed").Reason.ShouldBe("PodFailurePolicy");
    }

    private async Task<(Job Job, ContainerStateTerminated End)> RunAsync(string script, string? messagePolicy = null)
    {
        var name = $"job-{Guid.NewGuid():N}";
        await client.CreateAsync(BuiltInKinds.Job, Job(name, script, messagePolicy), Cancel);
        var job = await Eventually.GetAsync(
            async () => await client.GetAsync(BuiltInKinds.Job, new NamespacedName("default", name), Cancel) is { } live && JobPlan.IsFinished(live) ? live : null, Patience, "the Job ends");
        var pods = await client.ListAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "default", LabelSelector = $"job={name}" }, Cancel);
        return (job, pods.Items.ShouldHaveSingleItem().Status!.ContainerStatuses!.Single().State!.Terminated!);
    }

    private static Job Job(string name, string script, string? messagePolicy) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new JobSpec
        {
            BackoffLimit = script == "exit 65" ? 5 : 0,
            PodFailurePolicy = System.Text.Json.JsonDocument.Parse("""{"rules":[{"action":"FailJob","onExitCodes":{"operator":"In","values":[65]}}]}""").RootElement,
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta { Labels = new() { ["job"] = name } },
                Spec = new PodSpec
                {
                    RestartPolicy = "Never",
                    Containers =
                    [
                        new Container
                        {
                            Name = "main",
                            Image = "busybox",
                            Command = ["/bin/sh", "-c", script],
                            Env = [new EnvVar { Name = "INPUT", Value = "/input" }, new EnvVar { Name = "SCRATCH", Value = "/scratch" }],
                            TerminationMessagePolicy = messagePolicy,
                            VolumeMounts = [new VolumeMount { Name = "input", MountPath = "/input", ReadOnly = true }, new VolumeMount { Name = "scratch", MountPath = "/scratch" }],
                        },
                    ],
                    Volumes =
                    [
                        new Volume { Name = "input", Secret = new SecretVolumeSource { SecretName = "input", Optional = true } },
                        new Volume { Name = "scratch", EmptyDir = System.Text.Json.JsonDocument.Parse("{}").RootElement },
                    ],
                },
            },
        },
    };
}
