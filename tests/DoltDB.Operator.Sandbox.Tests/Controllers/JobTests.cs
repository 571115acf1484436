using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers.Jobs;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

public sealed class JobTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private ControllerBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await ControllerBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task A_job_runs_its_pods_to_completion_and_expires()
    {
        var job = Runs("backup", "Succeeded");
        await bench.Client.CreateAsync(BuiltInKinds.Job, job with { Spec = job.Spec! with { Completions = 2 } }, Cancel);

        var done = await bench.UntilAsync(BuiltInKinds.Job, "backup", j => JobPlan.IsComplete(j));
        (done.Status!.Succeeded, done.Status.Active).ShouldBe((2, null));
        done.Status.CompletionTime.ShouldNotBeNull();
        (await bench.ListAsync(BuiltInKinds.Pod)).Count.ShouldBe(2);
        await bench.PatchAsync(BuiltInKinds.Job, "backup", """{"spec":{"ttlSecondsAfterFinished":0}}""");
        await bench.GoneAsync(BuiltInKinds.Job, "backup");
        (await bench.ListAsync(BuiltInKinds.Pod)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_fails_when_its_pods_fail_too_often()
    {
        await bench.Client.CreateAsync(BuiltInKinds.Job, Runs("backup", "Failed", backoffLimit: 0), Cancel);

        var job = await bench.UntilAsync(BuiltInKinds.Job, "backup", j => JobPlan.IsFinished(j));
        job.Status!.Conditions!.Single(condition => condition.Type == "Failed").Reason.ShouldBe("BackoffLimitExceeded");
        job.Status.Failed.ShouldBe(1);
    }

    [Fact]
    public async Task A_cron_job_that_missed_its_times_makes_one_job()
    {
        var cron = await bench.Client.CreateAsync(BuiltInKinds.CronJob, Hourly() with { Metadata = new ObjectMeta { Name = "nightly", Namespace = "default" } }, Cancel);
        await bench.Client.ReplaceAsync(
            BuiltInKinds.CronJob, cron with { Status = new CronJobStatus { LastScheduleTime = TimeProvider.System.GetUtcNow().AddHours(-5) } }, "status", Cancel);
        await bench.PatchAsync(BuiltInKinds.CronJob, "nightly", """{"spec":{"suspend":false}}""");

        await bench.UntilAsync(BuiltInKinds.CronJob, "nightly", c => c.Status?.LastSuccessfulTime is not null && c.Status.Active is null);
        var job = (await bench.ListAsync(BuiltInKinds.Job)).ShouldHaveSingleItem();
        job.Metadata.OwnerReferences!.Single().Name.ShouldBe("nightly");
        job.Metadata.Annotations!.ShouldContainKey("batch.kubernetes.io/cronjob-scheduled-timestamp");
    }

    [Theory]
    [InlineData("Forbid", false, 0)]
    [InlineData("Replace", true, 1)]
    [InlineData("Allow", true, 0)]
    public void A_running_job_is_in_the_way_as_the_policy_says(string policy, bool isMade, int replaced)
    {
        var cron = Hourly();
        cron = cron with { Spec = cron.Spec! with { ConcurrencyPolicy = policy, Suspend = false } };

        var decision = CronJobPlan.Decide(cron, [Runs("running", "Succeeded")], Noon.AddMinutes(1));

        (decision.Due is not null, decision.Replaced.Count, decision.NextTime).ShouldBe((isMade, replaced, Noon.AddHours(1)));
    }

    [Fact]
    public void A_failed_pod_is_followed_by_the_next_after_a_pause_that_doubles()
    {
        var job = Runs("backup", "Failed") with { Status = new JobStatus { StartTime = Noon } };
        Pod[] failed = [FailedAt("a", Noon), FailedAt("b", Noon.AddSeconds(30))];

        var soon = JobPlan.Decide(job, failed, Noon.AddSeconds(35));
        (soon.Create, soon.NextLook).ShouldBe((0, TimeSpan.FromSeconds(15)));
        JobPlan.Decide(job, failed, Noon.AddSeconds(50)).Create.ShouldBe(1);
    }

    private static Pod FailedAt(string name, DateTimeOffset time) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Status = new PodStatus
        {
            Phase = "Failed",
            ContainerStatuses = [new ContainerStatus { Name = "c", State = new ContainerState { Terminated = new ContainerStateTerminated { FinishedAt = time } } }],
        },
    };

    private static CronJob Hourly() => new()
    {
        Metadata = new ObjectMeta { Name = "hourly", Namespace = "default", CreationTimestamp = Noon.AddMinutes(-1) },
        Spec = new CronJobSpec { Schedule = "0 * * * *", Suspend = true, JobTemplate = new JobTemplateSpec { Spec = Runs("x", "Succeeded").Spec } },
    };

    private static Job Runs(string name, string ends, int? backoffLimit = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new JobSpec
        {
            BackoffLimit = backoffLimit,
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta { Annotations = new() { ["ends"] = ends } },
                Spec = new PodSpec { RestartPolicy = "Never", Containers = [new Container { Name = "c", Image = "example.com/c:1" }] },
            },
        },
    };
}
