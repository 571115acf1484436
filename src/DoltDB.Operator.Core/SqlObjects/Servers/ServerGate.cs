using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>
/// Keeps a server that does not answer from holding up everybody: after a failure one caller at a time tries again, the others are told at once
/// what it found.
/// </summary>
internal sealed class ServerGate(TimeProvider time)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Host, int Port), Silence> silent = [];

    /// <summary>Runs the call, unless the server is known to be silent.</summary>
    /// <exception cref="DriverException">The call's, or <see cref="DriverError.Unreachable"/> without calling.</exception>
    public async Task<T> RunAsync<T>(ServerEndpoint server, Func<Task<T>> call)
    {
        var key = (server.Host, server.Port);
        Enter(key);
        try
        {
            var result = await call();
            Heard(key);
            return result;
        }
        catch (DriverException exception) when (exception.Error == DriverError.Unreachable)
        {
            Missed(key, exception.Message);
            throw;
        }
        catch
        {
            Heard(key);
            throw;
        }
    }

    private void Enter((string Host, int Port) key)
    {
        lock (gate)
        {
            if (!silent.TryGetValue(key, out var silence))
                return;
            if (silence.IsTried || silence.Rest.Lasts(time.GetUtcNow()))
                throw new DriverException(DriverError.Unreachable, silence.Message);
            silence.IsTried = true;
        }
    }

    private void Heard((string Host, int Port) key)
    {
        lock (gate)
            silent.Remove(key);
    }

    private void Missed((string Host, int Port) key, string message)
    {
        lock (gate)
        {
            if (!silent.TryGetValue(key, out var silence))
                silent[key] = silence = new Silence(new Rest(FirstRest, LongestRest));
            silence.Message = message;
            silence.IsTried = false;
            silence.Rest.Begin(time.GetUtcNow());
        }
    }

    private sealed class Silence(Rest rest)
    {
        public Rest Rest { get; } = rest;

        public string Message { get; set; } = "";

        public bool IsTried { get; set; }
    }
}
