namespace DoltDB.Operator.Simulation;

/// <summary>Choice by weight.</summary>
internal static class Draw
{
    /// <summary>One of them; a weight is a chance among the sum of all.</summary>
    public static Func<Task> One(Random random, params ReadOnlySpan<(int Weight, Func<Task> Act)> all)
    {
        var sum = 0;
        foreach (var (weight, _) in all)
            sum += weight;
        var draw = random.Next(sum);
        foreach (var (weight, act) in all)
        {
            draw -= weight;
            if (draw < 0)
                return act;
        }

        throw new InvalidOperationException("there is nothing to choose from");
    }
}
