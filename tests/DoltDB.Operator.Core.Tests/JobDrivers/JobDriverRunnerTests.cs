using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.JobDrivers;

public sealed class JobDriverRunnerTests : IAsyncLifetime
{
    private const string Done = """{"result":"ok","message":"created","version":"1.0"}""";
    private const string Unreachable = """{"result":"failed","error":"Unreachable","message":"no answer"}""";

    private RunnerBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await RunnerBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task A_hundred_passes_make_one_job()
    {
        for (var i = 0; i < 100; i++)
            (await (i % 2 == 0 ? bench.RunAsync(Requests.Create()) : bench.RunBlindAsync(Requests.Create()))).ShouldBeOfType<DriverJobOutcome.Running>();

        var job = (await bench.JobsAsync()).ShouldHaveSingleItem();
        var secret = (await bench.SecretsAsync()).ShouldHaveSingleItem();
        secret.Metadata.Name.ShouldBe(job.Metadata.Name);
        secret.Metadata.OwnerReferences.ShouldHaveSingleItem().Uid.ShouldBe(job.Metadata.Uid);
    }

    [Fact]
    public async Task A_result_is_read_once_and_stays_until_it_is_written_down()
    {
        var request = Requests.Create();
        await bench.RunAsync(request);
        await bench.EndAsync(isComplete: true, Done);

        (await bench.RunAsync(request)).ShouldBe(new DriverJobOutcome.Succeeded(new DriverResult("created", "1.0", null, null, null)));
        (await bench.SecretsAsync()).ShouldBeEmpty();
        foreach (var pod in (await bench.Client.ListAsync(BuiltInKinds.Pod, new ListOptions(), Cancel)).Items)
            await bench.Client.DeleteAsync(BuiltInKinds.Pod, NamespacedName.Of(pod), new DeleteOptions { GracePeriodSeconds = 0 }, Cancel);
        (await bench.RunAsync(request)).ShouldBeOfType<DriverJobOutcome.Succeeded>();

        await bench.CompleteAsync(request);
        (await bench.JobsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failure_is_tried_again_after_a_pause_that_doubles_up_to_ten_minutes()
    {
        var request = Requests.Create();
        var pauses = new List<double>();
        for (var attempt = 1; attempt <= 9; attempt++)
        {
            (await bench.RunAsync(request)).ShouldBeOfType<DriverJobOutcome.Running>();
            await bench.EndAsync(isComplete: false, Unreachable);
            var failed = (await bench.RunAsync(request)).ShouldBeOfType<DriverJobOutcome.Failed>();
            (failed.Failure, failed.Message).ShouldBe((DriverFailure.Unreachable, "no answer"));
            pauses.Add(failed.RetryAfter.TotalSeconds);
            bench.Clock.Advance(failed.RetryAfter - TimeSpan.FromSeconds(1));
            (await bench.RunAsync(request)).ShouldBeOfType<DriverJobOutcome.Failed>().RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        pauses.ShouldBe([10, 20, 40, 80, 160, 320, 600, 600, 600]);
        (await bench.JobsAsync()).Count.ShouldBeLessThanOrEqualTo(2);
        (await bench.SecretsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_no_repetition_helps_is_tried_again_rarely()
    {
        await bench.RunAsync(Requests.Create());
        await bench.EndAsync(isComplete: false, """{"result":"failed","error":"Invalid","message":"the name is too long"}""");

        (await bench.RunAsync(Requests.Create())).ShouldBeOfType<DriverJobOutcome.Failed>().RetryAfter.ShouldBe(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Another_revision_is_another_operation_at_once()
    {
        await bench.RunAsync(Requests.Create());
        await bench.EndAsync(isComplete: false, Unreachable);
        await bench.RunAsync(Requests.Create());

        (await bench.RunAsync(Requests.Create() with { Revision = "2" })).ShouldBeOfType<DriverJobOutcome.Running>();
        (await bench.JobsAsync()).ShouldHaveSingleItem().Metadata.Labels![DriverJobNames.OperationId].ShouldBe((Requests.Create() with { Revision = "2" }).OperationId());
    }

    [Fact]
    public async Task A_drop_begins_when_the_creation_has_ended()
    {
        await bench.RunAsync(Requests.Create());
        var creation = (await bench.JobsAsync()).Single();

        (await bench.RunAsync(Requests.Drop())).ShouldBeOfType<DriverJobOutcome.Running>().Message.ShouldContain("ends first");
        (await bench.JobsAsync()).ShouldAllBe(job => job.Metadata.Uid == creation.Metadata.Uid && job.Metadata.DeletionTimestamp != null);
        await bench.Client.MergePatchAsync(BuiltInKinds.Job, NamespacedName.Of(creation), Nothing(), null, Cancel);
        (await bench.RunAsync(Requests.Drop())).ShouldBeOfType<DriverJobOutcome.Running>();
        (await bench.JobsAsync()).ShouldHaveSingleItem().Metadata.Name!.ShouldStartWith("shop-drop-");
    }

    [Fact]
    public async Task What_a_crash_left_of_a_secret_is_replaced()
    {
        var stale = Requests.Create() with { Administrator = new DriverCredential("admin", "of-yesterday") };
        await bench.Client.CreateAsync(BuiltInKinds.Secret, DriverJobs.Secret(stale, 1), Cancel);

        await bench.RunAsync(Requests.Create());

        var secret = (await bench.SecretsAsync()).ShouldHaveSingleItem();
        secret.Data!["admin-password"].ShouldBe(DriverJobs.Secret(Requests.Create(), 1).Data!["admin-password"]);
    }

    [Fact]
    public async Task A_password_that_changed_meanwhile_is_still_kept_out_of_the_status()
    {
        await bench.RunAsync(Requests.Create());
        await bench.EndAsync(isComplete: false, $$"""{"result":"failed","message":"{{Requests.AdminPassword}} is wrong"}""");
        var rotated = Requests.Create() with { Administrator = new DriverCredential("admin", "another-one") };

        (await bench.RunAsync(rotated)).ShouldBeOfType<DriverJobOutcome.Failed>().Message.ShouldBe("*** is wrong");
        (await bench.JobsAsync()).Single().Metadata.Annotations![DriverJobNames.Report].ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_job_of_somebody_else_is_left_alone()
    {
        var job = DriverJobs.Job(Requests.Create(), 1);
        await bench.Client.CreateAsync(BuiltInKinds.Job, job with { Metadata = new ObjectMeta { Name = job.Metadata.Name, Namespace = "default" } }, Cancel);

        (await bench.RunAsync(Requests.Create())).ShouldBeOfType<DriverJobOutcome.Failed>().Message.ShouldContain("not the operator's");
        (await bench.SecretsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_the_server_refuses_is_told_and_leaves_no_secret()
    {
        var request = Requests.Create();
        request = request with { Driver = request.Driver with { Spec = request.Driver.Spec! with { ActiveDeadlineSeconds = -1, BackoffLimit = -1 } }, Owner = request.Owner with { Metadata = request.Owner.Metadata with { Name = "Not-A-Name" } } };

        (await bench.RunAsync(request)).ShouldBeOfType<DriverJobOutcome.Failed>().Message.ShouldContain("refused");
        (await bench.SecretsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_engine_that_the_driver_does_not_serve_starts_nothing()
    {
        var failed = (await bench.RunAsync(Requests.Create() with { Engine = "oracle" })).ShouldBeOfType<DriverJobOutcome.Failed>();

        (failed.Failure, failed.Message).ShouldBe((DriverFailure.Unsupported, "DatabaseDriver files serves file, not oracle (spec.engines)"));
        (await bench.JobsAsync()).ShouldBeEmpty();
    }

    private static System.Text.Json.Nodes.JsonObject Nothing() => new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["finalizers"] = null } };
}
