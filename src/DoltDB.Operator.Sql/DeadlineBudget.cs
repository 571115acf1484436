namespace DoltDB.Operator.Sql;

/// <summary>One deadline that several statements share.</summary>
internal readonly struct DeadlineBudget(TimeProvider clock, TimeSpan deadline)
{
    private readonly long _start = clock.GetTimestamp();

    /// <summary>What is left; not negative.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = deadline - clock.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
