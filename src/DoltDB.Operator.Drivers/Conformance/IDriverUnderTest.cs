namespace DoltDB.Operator.Drivers.Conformance;

/// <summary>A way to run a driver: as a process, as a Job, by a mere call.</summary>
public interface IDriverUnderTest
{
    /// <summary>Whether a run can be killed at any moment.</summary>
    bool CanBeKilled { get; }

    /// <summary>Runs one operation to its end, or kills it without warning after <paramref name="killAfter"/>.</summary>
    Task<ConformanceRun> RunAsync(DriverRequest request, TimeSpan? killAfter, CancellationToken cancellationToken);
}

/// <summary>How a run ended.</summary>
public sealed record ConformanceRun
{
    /// <summary>Whether the result says ok.</summary>
    public required bool IsOk { get; init; }

    /// <summary>The error that the result names; null when it names none.</summary>
    public DriverError? Error { get; init; }

    /// <summary>The message of the result; null when there is none.</summary>
    public string? Message { get; init; }

    /// <summary>Exit code, where it is known.</summary>
    public int? ExitCode { get; init; }

    /// <summary>All that the driver wrote: result, standard output and error.</summary>
    public string Output { get; init; } = "";

    /// <summary>Whether it was killed before it had ended.</summary>
    public bool WasKilled { get; init; }

    /// <inheritdoc/>
    public override string ToString() => WasKilled ? "killed" : IsOk ? $"ok: {Message}" : $"failed: {Error}: {Message} (exit code {ExitCode})";
}

/// <summary>The server that a driver is tried on. Databases whose names begin with <see cref="Prefix"/> are made and dropped on it.</summary>
public sealed record ConformanceTarget
{
    /// <summary>The engine.</summary>
    public required string Engine { get; init; }

    /// <summary>Account that may create and drop databases.</summary>
    public required DriverAccount Administrator { get; init; }

    /// <summary>Address; null when the parameters say where it is.</summary>
    public string? Host { get; init; }

    /// <summary>Port.</summary>
    public int? Port { get; init; }

    /// <summary>Parameters.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Looks past the driver whether there is a database of that name; null when nobody can.</summary>
    public Func<string, CancellationToken, Task<bool>>? HasDatabase { get; init; }

    /// <summary>Beginning of the names of databases.</summary>
    public string Prefix { get; init; } = "conformance";
}

/// <summary>One thing that a driver must do.</summary>
/// <param name="Name">What it must do.</param>
/// <param name="Problem">What it did instead; null when it passed.</param>
public sealed record ConformanceCheck(string Name, string? Problem);
