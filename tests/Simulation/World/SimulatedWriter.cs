using System.Globalization;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Simulation.World;

/// <summary>A client that writes through the write Service for the whole run, and remembers what it was told.</summary>
internal sealed class SimulatedWriter(SimulatedWorld world, bool waitsForStandbys)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    // Now and then a client that never lets the servers rest: no two readings of them are ever of one moment.
    private readonly (int From, int To) pauses = world.Random.Next(8) == 0 ? (5, 30) : (20, 400);
    private bool isPrepared;
    private int next;

    public bool IsStopped { get; set; }

    public async Task RunAsync()
    {
        var connector = new SimulatedConnector(world.ServerAt, host => world.IsCut("client", host), () => Task.CompletedTask, world.Time, world.Random, null);
        while (!IsStopped)
        {
            try
            {
                await SessionAsync(connector);
            }
            catch (Exception exception) when (exception is DoltException or IOException or TimeoutException)
            {
                await world.DelayAsync(20, 200);
            }
        }
    }

    private async Task SessionAsync(SimulatedConnector connector)
    {
        if (world.Routed() is not [var name] || world.Pod(name) is not { } pod || world.Secret($"{SimulatedWorld.Name}-credentials") is not { } secret)
        {
            await world.DelayAsync(20, 100);
            return;
        }

        var password = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(secret.Data!["admin-password"]));
        await using var session = await connector.ConnectAsync(new DoltEndpoint { Host = pod.Address, Port = 3306, User = "root", Password = password }, Deadline, CancellationToken.None);
        if (!isPrepared)
        {
            await session.QueryAsync("CREATE DATABASE IF NOT EXISTS shop", Deadline, CancellationToken.None);
            await session.QueryAsync("CREATE TABLE IF NOT EXISTS shop.items (id INT PRIMARY KEY)", Deadline, CancellationToken.None);
            isPrepared = true;
        }

        if (waitsForStandbys)
            await session.QueryAsync("SET dolt_cluster_ack_writes_timeout_secs = 1", Deadline, CancellationToken.None);
        while (!IsStopped)
        {
            var row = ++next;
            var result = await session.QueryAsync($"INSERT INTO shop.items VALUES ({row.ToString(CultureInfo.InvariantCulture)})", Deadline, CancellationToken.None);
            world.Invariants.Acknowledge(row, pod);
            if (waitsForStandbys && result.Warnings == 0)
                world.Invariants.Replicated.Add(row);
            await world.DelayAsync(pauses.From, pauses.To);
        }
    }
}
