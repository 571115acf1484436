namespace DoltDB.Operator.Sql.Tests.Fakes;

/// <summary>Waits for an observed state.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    public static async Task TrueAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(s_deadline, "the expected state did not come");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
