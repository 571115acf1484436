using System.Collections.Concurrent;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Hosting;

/// <summary>One driver an engine, made when somebody asks for it.</summary>
internal sealed class BuiltInDrivers(TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<IDatabaseDriver>> drivers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The driver of the engine.</summary>
    /// <exception cref="DriverException">There is none.</exception>
    public IDatabaseDriver Get(string engine) =>
        drivers.GetOrAdd(engine, static (name, clock) => new Lazy<IDatabaseDriver>(() => DatabaseDrivers.Create(name, new DriverOptions(), clock)), time).Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var driver in drivers.Values.Where(static driver => driver.IsValueCreated))
            await driver.Value.DisposeAsync();
    }
}
