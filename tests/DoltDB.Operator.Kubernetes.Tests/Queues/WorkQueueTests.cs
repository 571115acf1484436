using DoltDB.Operator.Kubernetes.Queues;
using DoltDB.Operator.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace DoltDB.Operator.Kubernetes.Tests.Queues;

public sealed class WorkQueueTests
{
    private readonly ManualTimeProvider clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_waits_is_there_once()
    {
        using var queue = CreateSut();
        queue.Add("a");
        queue.Add("a");

        queue.Depth.ShouldBe(1);
        (await queue.TakeAsync(Token)).ShouldBe((true, "a"));
        queue.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_again_only_when_it_is_given_back()
    {
        using var queue = CreateSut();
        queue.Add("a");
        await queue.TakeAsync(Token);

        queue.Add("a");
        queue.Depth.ShouldBe(0);
        queue.Done("a");

        queue.Depth.ShouldBe(1);
    }

    [Fact]
    public void Of_two_delays_the_earlier_one_counts()
    {
        using var queue = CreateSut();
        queue.AddAfter("a", TimeSpan.FromSeconds(30));
        queue.AddAfter("a", TimeSpan.FromSeconds(10));
        queue.AddAfter("a", TimeSpan.FromSeconds(20));

        clock.Advance(TimeSpan.FromSeconds(9.9));
        queue.Depth.ShouldBe(0);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        queue.Depth.ShouldBe(1);
        queue.Delayed.ShouldBe(0);
    }

    [Fact]
    public void Keys_that_were_added_together_come_in_several_beats_and_none_comes_late()
    {
        using var queue = CreateSut();
        for (var key = 0; key < 100; key++)
            queue.AddAfter($"key-{key}", TimeSpan.FromSeconds(1));

        clock.Advance(TimeSpan.FromSeconds(0.5));
        queue.Depth.ShouldBe(0);
        clock.Advance(TimeSpan.FromSeconds(0.25));
        queue.Depth.ShouldBeInRange(10, 60);
        clock.Advance(TimeSpan.FromSeconds(0.25));
        queue.Depth.ShouldBe(100);
    }

    [Fact]
    public async Task Retries_of_a_key_back_off_to_five_minutes_until_it_is_forgotten()
    {
        using var queue = CreateSut();
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            queue.AddRateLimited("a");
            waits.Add(clock.NextTimer!.Value);
            clock.AdvanceToNextTimer();
            await queue.TakeAsync(Token);
            queue.Done("a");
        }

        waits[0].ShouldBeInRange(TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(5));
        waits[5].ShouldBeInRange(TimeSpan.FromMilliseconds(128), TimeSpan.FromMilliseconds(160));
        waits[19].ShouldBeInRange(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        queue.Retries("a").ShouldBe(20);
        queue.Forget("a");
        queue.AddRateLimited("a");
        clock.NextTimer!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void Retries_of_all_keys_together_keep_to_the_overall_rate()
    {
        using var queue = new WorkQueue<string>(new WorkQueueOptions { RetriesPerSecond = 10, RetryBurst = 5 }, clock, new Random(1));
        for (var i = 0; i < 25; i++)
            queue.AddRateLimited($"key-{i}");

        clock.Advance(TimeSpan.FromSeconds(0.05));
        queue.Depth.ShouldBe(5);
        clock.Advance(TimeSpan.FromSeconds(1));
        queue.Depth.ShouldBe(15);
        clock.Advance(TimeSpan.FromSeconds(1));
        queue.Depth.ShouldBe(25);
    }

    [Fact]
    public async Task A_shut_down_queue_gives_out_what_waits_and_then_ends()
    {
        using var queue = CreateSut();
        queue.Add("a");
        queue.Add("b");
        await queue.TakeAsync(Token);
        queue.Add("a");
        queue.ShutDown();
        queue.Add("c");

        (await queue.TakeAsync(Token)).ShouldBe((true, "b"));
        var last = queue.TakeAsync(Token);
        last.IsCompleted.ShouldBeFalse();
        queue.Done("a");
        (await last).ShouldBe((true, "a"));
        queue.Done("b");
        queue.Done("a");

        (await queue.TakeAsync(Token)).Taken.ShouldBeFalse();
        await queue.WhenDrainedAsync(Token);
    }

    /// <summary>Whatever happens in whatever order; a failure prints the steps and the seed that replays them.</summary>
    [Fact]
    public void No_key_is_with_two_workers_and_none_is_lost() =>
        Prop.ForAll<int[]>(steps => RunSteps(steps)).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(200));

    private static bool RunSteps(int[] steps)
    {
        var time = new ManualTimeProvider();
        using var queue = new WorkQueue<int>(new WorkQueueOptions { RetriesPerSecond = 100, RetryBurst = 10 }, time, new Random(7));
        var wanted = new HashSet<int>();
        var inHand = new HashSet<int>();
        foreach (var step in steps)
        {
            var key = Math.Abs(step % 5);
            switch (Math.Abs(step / 5 % 7))
            {
                case 0 or 1:
                    queue.Add(key);
                    wanted.Add(key);
                    break;
                case 2:
                    queue.AddAfter(key, TimeSpan.FromMilliseconds(Math.Abs(step % 1000)));
                    wanted.Add(key);
                    break;
                case 3:
                    queue.AddRateLimited(key);
                    wanted.Add(key);
                    break;
                case 4:
                    Take(queue, inHand, wanted);
                    break;
                case 5:
                    if (inHand.Remove(key))
                        queue.Done(key);
                    break;
                default:
                    time.Advance(TimeSpan.FromMilliseconds(Math.Abs(step % 300)));
                    break;
            }
        }

        for (var rounds = 0; rounds < 20 && (wanted.Count > 0 || inHand.Count > 0); rounds++)
        {
            foreach (var key in inHand)
                queue.Done(key);
            inHand.Clear();
            time.Advance(TimeSpan.FromMinutes(1));
            while (Take(queue, inHand, wanted))
            {
            }
        }

        wanted.ShouldBeEmpty();
        return true;
    }

    private static bool Take(WorkQueue<int> queue, HashSet<int> inHand, HashSet<int> wanted)
    {
        if (queue.Depth == 0)
            return false;
        var take = queue.TakeAsync(CancellationToken.None).AsTask();
        take.IsCompletedSuccessfully.ShouldBeTrue();
        var key = take.GetAwaiter().GetResult().Key;
        inHand.Add(key).ShouldBeTrue($"key {key} is with two workers");
        wanted.Remove(key);
        return true;
    }

    private WorkQueue<string> CreateSut() => new(new WorkQueueOptions(), clock, new Random(1));
}
