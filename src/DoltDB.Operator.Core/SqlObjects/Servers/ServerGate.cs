using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>
/// Keeps a server that does not answer from holding up everybody: after a failure one caller at a time tries again, the others are told at once
/// what it found. Who logs in otherwise, or encrypts otherwise, is another caller: what one of them cannot do says nothing of the others.
/// </summary>
internal sealed class ServerGate(TimeProvider time)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(15);

    // What is forgotten is only how long to rest.
    private const int MostRemembered = 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<Key, Silence> silent = [];

    /// <summary>Runs the call, unless the server is known to be silent.</summary>
    /// <exception cref="DriverException">The call's, or <see cref="DriverError.Unreachable"/> without calling.</exception>
    public async Task<T> RunAsync<T>(ServerEndpoint server, Func<Task<T>> call)
    {
        var key = new Key(server.Host, server.Port, server.User, server.Tls);
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
        catch (Exception exception) when (exception is OperationCanceledException or DriverException { Error: DriverError.Busy })
        {
            Unheard(key);
            throw;
        }
        catch
        {
            Heard(key);
            throw;
        }
    }

    private void Enter(Key key)
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

    private void Heard(Key key)
    {
        lock (gate)
            silent.Remove(key);
    }

    /// <summary>The call says nothing of the server: the next one tries it.</summary>
    private void Unheard(Key key)
    {
        lock (gate)
        {
            if (silent.TryGetValue(key, out var silence))
                silence.IsTried = false;
        }
    }

    private void Missed(Key key, string message)
    {
        lock (gate)
        {
            if (silent.Count >= MostRemembered)
                Forget();
            if (!silent.TryGetValue(key, out var silence))
                silent[key] = silence = new Silence(new Rest(FirstRest, LongestRest));
            silence.Message = message;
            silence.IsTried = false;
            silence.Rest.Begin(time.GetUtcNow());
        }
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (key, _) in silent.Where(entry => !entry.Value.IsTried && !entry.Value.Rest.Lasts(now)).ToList())
            silent.Remove(key);
    }

    private sealed record Key(string Host, int Port, string User, ServerTls Tls);

    private sealed class Silence(Rest rest)
    {
        public Rest Rest { get; } = rest;

        public string Message { get; set; } = "";

        public bool IsTried { get; set; }
    }
}
