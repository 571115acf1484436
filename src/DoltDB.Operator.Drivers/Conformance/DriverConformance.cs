using System.Globalization;

namespace DoltDB.Operator.Drivers.Conformance;

/// <summary>
/// Tries whether a driver keeps the contract: idempotent operations, also after it was killed at any moment, errors by their names, and no
/// password in what it writes.
/// </summary>
public sealed class DriverConformance(IDriverUnderTest driver, ConformanceTarget target)
{
    private const string OwnerPassword = "conformance-owner-secret";
    private const string WrongPassword = "conformance-wrong-secret";
    private const int Kills = 8;

    private static readonly TimeSpan ShortestLife = TimeSpan.FromMilliseconds(5);

    // What an engine may take is its own business; these no engine may take, and none may reach a statement or a path.
    private static readonly string[] BadNames = ["", "../outside", "a/b", "a'b\"c`d;e", new string('x', 300)];

    private readonly List<ConformanceCheck> checks = [];

    /// <summary>Runs everything; the checks in the order in which they were made.</summary>
    public async Task<IReadOnlyList<ConformanceCheck>> RunAsync(CancellationToken cancellationToken)
    {
        checks.Clear();
        await LifeAsync(cancellationToken);
        await RefusalsAsync(cancellationToken);
        if (driver.CanBeKilled)
            await CrashesAsync(cancellationToken);
        return [.. checks];
    }

    private async Task LifeAsync(CancellationToken cancellationToken)
    {
        var (create, name) = (Request(DriverOperation.Create, "life"), Name("life"));
        var drop = create with { Operation = DriverOperation.Drop };
        await SucceedsAsync("creates a database", create, cancellationToken);
        await IsThereAsync("the database is there", name, true, cancellationToken);
        await SucceedsAsync("creates it again without an error", create, cancellationToken);
        await SucceedsAsync("takes a new password of the owner", create with { Owner = create.Owner! with { Password = OwnerPassword + "-2" } }, cancellationToken);
        await SucceedsAsync("creates a database without an owner", Request(DriverOperation.Create, "ownerless") with { Owner = null }, cancellationToken);
        await SucceedsAsync("drops a database without an owner", Request(DriverOperation.Drop, "ownerless") with { Owner = null }, cancellationToken);
        await SucceedsAsync("drops a database", drop, cancellationToken);
        await IsThereAsync("the database is gone", name, false, cancellationToken);
        await SucceedsAsync("drops it again without an error", drop, cancellationToken);
        await SucceedsAsync("drops a database that never was", Request(DriverOperation.Drop, "never"), cancellationToken);
    }

    private async Task RefusalsAsync(CancellationToken cancellationToken)
    {
        var stranger = target.Administrator with { Password = WrongPassword };
        var create = Request(DriverOperation.Create, "refused");
        await FailsAsync("refuses wrong credentials", create with { Administrator = stranger }, DriverError.AccessDenied, cancellationToken);
        await IsThereAsync("makes nothing with wrong credentials", Name("refused"), false, cancellationToken);
        await SucceedsAsync("creates it with the right ones", create, cancellationToken);
        await FailsAsync("drops nothing with wrong credentials", create with { Operation = DriverOperation.Drop, Administrator = stranger }, DriverError.AccessDenied, cancellationToken);
        await IsThereAsync("the database is still there", Name("refused"), true, cancellationToken);
        await SucceedsAsync("drops it with the right ones", create with { Operation = DriverOperation.Drop }, cancellationToken);
        foreach (var name in BadNames)
            await FailsAsync($"refuses the name '{(name.Length > 20 ? name[..20] + "..." : name)}'", create with { Database = name }, DriverError.Invalid, cancellationToken);
    }

    /// <summary>Kills runs at moments spread over the length of a whole one, and asks again.</summary>
    private async Task CrashesAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        await driver.RunAsync(Request(DriverOperation.Drop, "never"), null, cancellationToken);
        var length = TimeProvider.System.GetElapsedTime(began);
        foreach (var operation in new[] { DriverOperation.Create, DriverOperation.Drop })
        {
            for (var i = 0; i < Kills; i++)
            {
                var create = Request(DriverOperation.Create, string.Create(CultureInfo.InvariantCulture, $"crash{i}"));
                if (operation == DriverOperation.Drop)
                    await SucceedsAsync("creates a database to drop", create, cancellationToken);
                var request = create with { Operation = operation };
                var life = ShortestLife + (length * i / Kills);
                await driver.RunAsync(request, life, cancellationToken);
                var name = string.Create(CultureInfo.InvariantCulture, $"after a kill at {life.TotalMilliseconds:0} ms {operation} is completed by the next run");
                await SucceedsAsync(name, request, cancellationToken);
                await IsThereAsync(name + ", as the server sees it", request.Database, operation == DriverOperation.Create, cancellationToken);
                await SucceedsAsync("tidies up", create with { Operation = DriverOperation.Drop }, cancellationToken);
            }
        }
    }

    private async Task SucceedsAsync(string name, DriverRequest request, CancellationToken cancellationToken)
    {
        var run = await driver.RunAsync(request, null, cancellationToken);
        checks.Add(new ConformanceCheck(name, Leak(run) ?? (run.IsOk && run.ExitCode is null or DriverExitCode.Ok ? null : run.ToString())));
    }

    private async Task FailsAsync(string name, DriverRequest request, DriverError error, CancellationToken cancellationToken)
    {
        var run = await driver.RunAsync(request, null, cancellationToken);
        var isAsExpected = !run.IsOk && run.Error == error && run.Message is { Length: > 0 } && run.ExitCode is not DriverExitCode.Ok;
        checks.Add(new ConformanceCheck(name, Leak(run) ?? (isAsExpected ? null : $"expected {error} with a message, but {run}")));
    }

    private async Task IsThereAsync(string name, string database, bool isThere, CancellationToken cancellationToken)
    {
        if (target.HasDatabase is { } look && await look(database, cancellationToken) != isThere)
            checks.Add(new ConformanceCheck(name, isThere ? $"there is no database {database}" : $"there is a database {database}"));
        else if (target.HasDatabase is not null)
            checks.Add(new ConformanceCheck(name, null));
    }

    private string? Leak(ConformanceRun run) =>
        new[] { target.Administrator.Password, OwnerPassword, WrongPassword }.Any(secret => secret.Length > 0 && run.Output.Contains(secret, StringComparison.Ordinal))
            ? "a password is in the result or the log"
            : null;

    private string Name(string name) => $"{target.Prefix}_{name}";

    private DriverRequest Request(DriverOperation operation, string name) => new()
    {
        Operation = operation,
        Engine = target.Engine,
        Database = Name(name),
        Host = target.Host,
        Port = target.Port,
        Parameters = target.Parameters,
        Administrator = target.Administrator,
        Owner = new DriverAccount(Name(name), OwnerPassword),
        ObjectName = name,
        Namespace = "default",
    };
}
