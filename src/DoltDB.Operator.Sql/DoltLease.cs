namespace DoltDB.Operator.Sql;

/// <summary>The right to use one connection of <see cref="DoltConnections"/> until disposed.</summary>
public sealed class DoltLease : IAsyncDisposable
{
    private readonly DoltConnections _pool;
    private DoltConnections.Slot? _slot;

    internal DoltLease(DoltConnections pool, DoltConnections.Slot slot) => (_pool, _slot, Server) = (pool, slot, slot.Server!);

    /// <summary>The connection. Not to be disposed, nor used after the lease.</summary>
    public IDoltServer Server { get; }

    /// <summary>Whether the server let no new client in when that was last tried, to replace the connection before it is too old: it may be full.</summary>
    public bool LetsNobodyIn => _slot?.LetsNobodyIn == true;

    /// <summary>
    /// Leaves the pool with the connection: whoever needs the server meanwhile gets another one, instead of waiting for a slow statement. At the end of the lease
    /// it is closed, or goes back where the server let nobody else in.
    /// </summary>
    public void Detach()
    {
        if (_slot is { } slot)
            _pool.Detach(slot);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _slot, null) is { } slot ? _pool.ReturnAsync(slot) : ValueTask.CompletedTask;
}
