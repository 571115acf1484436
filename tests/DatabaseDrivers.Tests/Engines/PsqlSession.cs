using System.Diagnostics;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Testing.Servers;

namespace DatabaseDrivers.Tests.Engines;

/// <summary>Sessions of PostgreSQL's own client, one for each statement.</summary>
internal sealed class PsqlSession(ServerEndpoint server, string user, string password) : ITestSession
{
    public static async Task<ITestSession> LoginAsync(ServerEndpoint server, string user, string password)
    {
        var session = new PsqlSession(server, user, password);
        await session.ExecuteAsync("SELECT 1");
        return session;
    }

    public async Task ExecuteAsync(string statement) => await ReadAsync(statement);

    public async Task<string?> ReadAsync(string query)
    {
        var start = new ProcessStartInfo(LocalProcess.Find("psql", "postgresql"), ["-X", "-A", "-t", "-w", "-c", query]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGHOST"] = server.Host;
        start.Environment["PGPORT"] = $"{server.Port}";
        start.Environment["PGUSER"] = user;
        start.Environment["PGPASSWORD"] = password;
        start.Environment["PGDATABASE"] = "postgres";
        start.Environment["PGSSLMODE"] = "disable";
        // What SASLprep does depends on it.
        start.Environment["PGCLIENTENCODING"] = "UTF8";
        using var psql = Process.Start(start) ?? throw new InvalidOperationException("psql did not start");
        var (output, error) = (psql.StandardOutput.ReadToEndAsync(), psql.StandardError.ReadToEndAsync());
        await psql.WaitForExitAsync();
        return psql.ExitCode == 0 ? (await output).TrimEnd('\n') : throw new RefusedException(new InvalidOperationException(await error));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
