using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.LeaderElection;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.LeaderElection;

public sealed class LeaderElectorTests(ITestOutputHelper output)
{
    private static readonly NamespacedName Lease = new("operators", "k8s.dolthub.com");
    private readonly FakeApiServer server = new();
    private readonly ManualTimeProvider clock = new();

    [Fact]
    public async Task The_first_takes_the_lease_and_the_second_waits()
    {
        using var first = Start("first");
        await first.LeadsAsync();
        using var second = Start("second");
        await StepAsync(TimeSpan.FromMinutes(2));

        (first.Leads, second.Leads).ShouldBe((true, false));
        var spec = server.Find(BuiltInKinds.Lease, Lease)!.Spec!;
        (spec.HolderIdentity, spec.LeaseDurationSeconds, spec.LeaseTransitions).ShouldBe(("first", 15, 0));
        spec.RenewTime.ShouldNotBe(spec.AcquireTime);
        await first.StopAsync();
        await second.StopAsync();
    }

    [Fact]
    public async Task C14_A_released_lease_is_taken_with_the_next_try()
    {
        using var first = Start("first");
        await first.LeadsAsync();
        using var second = Start("second");
        await StepAsync(TimeSpan.FromSeconds(5));

        (await first.StopAsync()).ShouldBe(LeadershipEnd.Released);
        server.Find(BuiltInKinds.Lease, Lease)!.Spec!.HolderIdentity.ShouldBe("");
        server.Find(BuiltInKinds.Lease, Lease)!.Spec!.LeaseDurationSeconds.ShouldBe(1);
        await StepAsync(TimeSpan.FromSeconds(2.5));

        second.Leads.ShouldBeTrue();
        server.Find(BuiltInKinds.Lease, Lease)!.Spec!.LeaseTransitions.ShouldBe(1);
        await second.StopAsync();
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_stops_before_the_other_may_take_over()
    {
        using var first = Start("first");
        await first.LeadsAsync();
        using var second = Start("second");
        await StepAsync(TimeSpan.FromSeconds(5));

        first.Link = Link.Hangs;
        var cut = clock.GetUtcNow();
        await Eventually.HoldsAsync(() => !first.Leads, "the end of the first term", clock);
        (clock.GetUtcNow() - cut).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(10));
        second.Leads.ShouldBeFalse();
        (await first.Ended).ShouldBe(LeadershipEnd.Lost);

        await StepAsync(TimeSpan.FromSeconds(20));
        second.Leads.ShouldBeTrue();
        await second.StopAsync();
    }

    [Fact]
    public async Task A_lease_that_another_took_is_lost_at_the_next_renewal()
    {
        using var first = Start("first");
        await first.LeadsAsync();
        var lease = server.Find(BuiltInKinds.Lease, Lease)!;
        server.Put(BuiltInKinds.Lease, lease with { Spec = lease.Spec! with { HolderIdentity = "thief" } });

        await StepAsync(TimeSpan.FromSeconds(2.5));

        (await first.Ended).ShouldBe(LeadershipEnd.Lost);
    }

    [Fact]
    public async Task A_renewal_that_somebody_elses_edit_got_in_the_way_of_is_repeated()
    {
        using var first = Start("first");
        await first.LeadsAsync();
        var lease = server.Find(BuiltInKinds.Lease, Lease)!;
        server.Put(BuiltInKinds.Lease, lease with { Metadata = lease.Metadata with { Labels = new() { ["touched"] = "yes" } } });

        await StepAsync(TimeSpan.FromSeconds(30));

        first.Leads.ShouldBeTrue();
        server.Find(BuiltInKinds.Lease, Lease)!.Metadata.Labels.ShouldNotBeNull().ShouldContainKey("touched");
        await first.StopAsync();
    }

    [Fact]
    public async Task The_holders_clock_means_nothing()
    {
        // A holder whose clock is a day behind renews as it should; one whose clock is a day ahead is dead.
        var renewed = clock.GetUtcNow().AddDays(-1);
        Hold("other", renewed);
        using var candidate = Start("candidate");
        for (var i = 0; i < 10; i++)
        {
            await StepAsync(TimeSpan.FromSeconds(10));
            Hold("other", renewed.AddSeconds(10 * (i + 1)));
        }

        candidate.Leads.ShouldBeFalse();
        Hold("other", clock.GetUtcNow().AddDays(1));
        await StepAsync(TimeSpan.FromSeconds(14));
        candidate.Leads.ShouldBeFalse();
        await StepAsync(TimeSpan.FromSeconds(8));

        candidate.Leads.ShouldBeTrue();
        await candidate.StopAsync();
    }

    [Fact]
    public async Task Work_that_fails_releases_the_lease()
    {
        var elector = CreateElector("first", () => Link.Works);
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => elector.RunAsync(_ => throw new InvalidOperationException("boom"), CancellationToken.None));

        failure.Message.ShouldBe("boom");
        server.Find(BuiltInKinds.Lease, Lease)!.Spec!.HolderIdentity.ShouldBe("");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(0)]
    public async Task There_are_never_two_leaders_whatever_the_network_does(int given)
    {
        var seed = given == 0 ? Environment.TickCount : given;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var candidates = new List<Candidate> { Start("a"), Start("b") };
        var terms = 0;
        for (var step = 0; step < 1500; step++)
        {
            foreach (var candidate in candidates.Where(_ => random.Next(80) == 0))
                candidate.Link = (Link)random.Next(3);
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Eventually.SettleAsync();
            candidates.Count(candidate => candidate.Leads).ShouldBeLessThanOrEqualTo(1, $"two leaders at step {step}, seed {seed}");
            for (var i = 0; i < candidates.Count; i++)
            {
                if (!candidates[i].Ended.IsCompleted)
                    continue;
                terms++;
                candidates[i].Dispose();
                candidates[i] = Start($"{(char)('a' + i)}-{step}");
            }
        }

        terms.ShouldBeGreaterThan(0, $"seed {seed} never made a leader lose");
        candidates.ForEach(candidate => candidate.Link = Link.Works);
        await Eventually.HoldsAsync(() => candidates.Exists(candidate => candidate.Leads), $"a leader once all is well, seed {seed}", clock);
        foreach (var candidate in candidates)
            await candidate.StopAsync();
    }

    private void Hold(string holder, DateTimeOffset renewed) => server.Put(BuiltInKinds.Lease, new Lease
    {
        Metadata = new ObjectMeta { Name = Lease.Name, Namespace = Lease.Namespace },
        Spec = new LeaseSpec { HolderIdentity = holder, LeaseDurationSeconds = 15, RenewTime = renewed, AcquireTime = renewed },
    });

    private async Task StepAsync(TimeSpan by)
    {
        var target = clock.GetUtcNow() + by;
        while (clock.GetUtcNow() < target)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Eventually.SettleAsync();
        }
    }

    private LeaderElector CreateElector(string identity, Func<Link> link) => new(
        server.Connect((_, cancellationToken) => link() switch
        {
            Link.Fails => throw new HttpRequestException("connection refused"),
            Link.Hangs => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken),
            _ => Task.CompletedTask,
        }),
        new LeaderElectionOptions { Lease = Lease, Identity = identity },
        clock,
        new Random(5),
        NullLogger<LeaderElector>.Instance);

    private Candidate Start(string identity) => new(this, identity);

    private enum Link
    {
        Works,
        Fails,
        Hangs,
    }

    private sealed class Candidate : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private volatile bool leads;

        public Candidate(LeaderElectorTests test, string identity)
        {
            var elector = test.CreateElector(identity, () => Link);
            Ended = elector.RunAsync(WorkAsync, stop.Token);
        }

        public Link Link { get; set; }

        public bool Leads => leads;

        public Task<LeadershipEnd> Ended { get; }

        public Task LeadsAsync() => Eventually.HoldsAsync(() => leads, "leadership");

        public async Task<LeadershipEnd> StopAsync()
        {
            Link = Link.Works;
            await stop.CancelAsync();
            return await Ended;
        }

        public void Dispose() => stop.Dispose();

        private async Task WorkAsync(CancellationToken lost)
        {
            leads = true;
            var end = new TaskCompletionSource();
            using var onLost = lost.UnsafeRegister(_ => Finish(end), null);
            using var onStop = stop.Token.UnsafeRegister(_ => Finish(end), null);
            await end.Task;
        }

        private void Finish(TaskCompletionSource end)
        {
            leads = false;
            end.TrySetResult();
        }
    }
}
