using System.Globalization;
using System.Security.Cryptography;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Simulation;

/// <summary>
/// The real cluster controller against the sandbox's API server, controllers and simulated Dolt, on a virtual clock, with faults drawn from a
/// seed. <c>SIMULATION_SEEDS</c> says how many seeds run, <c>SIMULATION_FIRST_SEED</c> which is the first: left out, every change of the sources brings
/// fresh ones, so that what passed here passes everywhere. <c>SIMULATION_TRACES</c> keeps all traces.
/// </summary>
public sealed class SimulationTests
{
    private const int UsualSeeds = 200;
    private const int ShownLines = 120;
    private const int ProgressStep = 500;

    [Fact]
    public void Whatever_fails_no_invariant_breaks_and_the_cluster_recovers()
    {
        var count = Number("SIMULATION_SEEDS") ?? UsualSeeds;
        var first = Number("SIMULATION_FIRST_SEED") ?? SeedOfTheSources();
        var output = TestContext.Current.TestOutputHelper;
        var failures = new List<SimulationResult>();
        var (handOvers, failovers, acknowledged, lost, simulated) = (0, 0, 0, 0, TimeSpan.Zero);
        var gate = new Lock();
        var (done, began) = (0, Environment.TickCount64);
        Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (seed, loop) =>
        {
            var result = SimulationRun.Run(seed);
            lock (gate)
            {
                handOvers += result.HandOvers;
                failovers += result.Failovers;
                acknowledged += result.Acknowledged;
                lost += result.Lost;
                simulated += result.Simulated;
                if (result.Violation is not null)
                    failures.Add(Keep(result));
                else if (Environment.GetEnvironmentVariable("SIMULATION_TRACES") is not null)
                    Keep(result);
                if (++done % ProgressStep == 0)
                    output?.WriteLine($"{done} of {count} seeds after {(Environment.TickCount64 - began) / 1000} s, {failures.Count} failed");
            }
        });
        output?.WriteLine($"{count} seeds from {first}: {handOvers} planned hand-overs, {failovers} failovers and repairs, {acknowledged} acknowledged rows, {lost} lost by failovers, {simulated.TotalHours:0.0} hours simulated");
        failures.Count.ShouldBe(0, string.Join("\n\n", failures.Take(3).Select(Describe)) + $"\n{failures.Count} of {count} seeds: {string.Join(", ", failures.Select(static failure => failure.Seed))}");
    }

    [Theory]
    [MemberData(nameof(SeedsThatFailedOnce))]
    public void A_seed_that_failed_once_fails_no_more(int seed)
    {
        var result = SimulationRun.Run(seed);
        result.Violation.ShouldBeNull(Describe(result));
    }

    /// <summary>One seed with edits of the spec, and one without.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(69)]
    public void The_same_seed_gives_the_same_run(int seed)
    {
        var (one, two) = (SimulationRun.Run(seed), SimulationRun.Run(seed));
        two.Trace.ShouldBe(one.Trace);
    }

    /// <summary>One seed a line, with what it found.</summary>
    public static TheoryData<int> SeedsThatFailedOnce() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "seeds.txt")).Where(static line => line.Length > 0 && line[0] != '#').Select(static line => int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))];

    private static int SeedOfTheSources()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var folder in (string[])["src/DoltDB.Operator.Core", "src/DoltDB.Operator.Sql", "tests/Simulation"])
        {
            var files = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.cs", SearchOption.AllDirectories)
                .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
            foreach (var file in files.Order(StringComparer.Ordinal))
                hash.AppendData(File.ReadAllBytes(file));
        }

        return (int)(BitConverter.ToUInt32(hash.GetHashAndReset()) % 1_000_000) * 1000;
    }

    /// <summary>The whole trace goes to a file: the message shows its end.</summary>
    private static SimulationResult Keep(SimulationResult result)
    {
        var directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "traces")).FullName;
        File.WriteAllText(Path.Combine(directory, $"{result.Seed.ToString(CultureInfo.InvariantCulture)}.txt"), result.Trace);
        return result;
    }

    private static string Describe(SimulationResult result) =>
        $"seed {result.Seed} after {result.Simulated}: {result.Violation}\n{string.Join('\n', result.Trace.Split('\n').TakeLast(ShownLines))}";

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : null;
}
