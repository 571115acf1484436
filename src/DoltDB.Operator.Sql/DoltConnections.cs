namespace DoltDB.Operator.Sql;

/// <summary>
/// Keeps one connection a server and account open between uses. Callers of one connection take turns; a connection that
/// is no longer usable, belongs to an old password, or is old itself, is replaced; one that nobody used for a while is closed.
/// </summary>
public sealed partial class DoltConnections : IAsyncDisposable
{
    private readonly IDoltConnector _connector;
    private readonly DoltConnectionsOptions _options;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweep;
    private readonly SemaphoreSlim _leases;
    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Slot> _slots = [];
    private bool _disposed;

    /// <summary>Creates an empty pool.</summary>
    public DoltConnections(IDoltConnector connector, DoltConnectionsOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        (_connector, _options, _clock) = (connector, options, clock);
        _leases = new(options.MaximumConnections, options.MaximumConnections);
        _sweep = clock.CreateTimer(static pool => ((DoltConnections)pool!).CloseIdle(), this, options.IdleLifetime, options.IdleLifetime);
    }

    /// <summary>How many connections are kept, busy or idle.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _slots.Count;
        }
    }

    /// <summary>
    /// The connection to the endpoint, opened when there is none, after the wait for its previous user; all of it within
    /// <paramref name="deadline"/>. Dispose the lease to let the next caller in. The exceptions are those of <see cref="IDoltConnector"/>.
    /// </summary>
    public ValueTask<DoltLease> GetAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken) =>
        GetAsync(endpoint, deadline, turnDeadline: null, cancellationToken);

    /// <summary>
    /// As <see cref="GetAsync(DoltEndpoint, TimeSpan, CancellationToken)"/>, with <paramref name="turnDeadline"/> for the wait for the previous
    /// users and <paramref name="deadline"/> for the connection alone.
    /// </summary>
    /// <exception cref="ConnectionBusyException">The previous users were not done in time.</exception>
    public async ValueTask<DoltLease> GetAsync(DoltEndpoint endpoint, TimeSpan deadline, TimeSpan? turnDeadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var budget = new DeadlineBudget(_clock, turnDeadline ?? deadline);
        await EnterAsync(_leases, endpoint, budget, cancellationToken);
        Slot? slot = null;
        var entered = false;
        try
        {
            slot = Reserve(new(endpoint.Host, endpoint.Port, endpoint.User));
            await EnterAsync(slot.Turn, endpoint, budget, cancellationToken);
            entered = true;
            await ConnectAsync(slot, endpoint, turnDeadline is null ? budget : new(_clock, deadline), cancellationToken);
            return new(this, slot);
        }
        catch
        {
            if (slot is not null && Leave(slot, entered))
                await slot.CloseAsync();
            _leases.Release();
            throw;
        }
    }

    /// <summary>Closes every connection. Leases that are still out close theirs when they end.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Slot> idle;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            idle = [.. _slots.Values.Where(slot => slot.Users == 0)];
            _slots.Clear();
        }

        await _sweep.DisposeAsync();
        foreach (var slot in idle)
            await slot.CloseAsync();
    }

    internal async ValueTask ReturnAsync(Slot slot)
    {
        if (slot.Server is { IsUsable: false })
            await slot.CloseServerAsync();
        slot.LastUsed = _clock.GetTimestamp();
        var orphan = Leave(slot, entered: true);
        _leases.Release();
        if (orphan && !ComesBack(slot))
            await slot.CloseAsync();
    }

    private async ValueTask ConnectAsync(Slot slot, DoltEndpoint endpoint, DeadlineBudget budget, CancellationToken cancellationToken)
    {
        var isOld = await HasUsableAsync(slot, endpoint);
        if (isOld && _clock.GetElapsedTime(slot.Opened) < slot.MaximumAge)
            return;
        IDoltServer server;
        try
        {
            server = await _connector.ConnectAsync(endpoint, isOld ? budget.Remaining / 2 : budget.Remaining, cancellationToken);
        }
        catch (Exception exception) when (IsPerhapsFull(exception))
        {
            // The server can be reached and may only be full: what is open stays the way in, and tells whether it stands still.
            if (!isOld && !await HasUsableAsync(slot, endpoint))
                throw;
            (slot.Opened, slot.LetsNobodyIn) = (_clock.GetTimestamp(), true);
            return;
        }
        catch
        {
            await slot.CloseAsync();
            throw;
        }

        await slot.CloseAsync();
        (slot.Server, slot.Endpoint, slot.Opened, slot.LetsNobodyIn) = (server, endpoint, _clock.GetTimestamp(), false);
    }

    private static bool IsPerhapsFull(Exception exception) => exception is NoGreetingException or NotAdmittedException or DoltException { IsTooManyConnections: true };

    /// <summary>Whether the slot has a connection that can be used, for instance one that came back; any other is closed.</summary>
    private async ValueTask<bool> HasUsableAsync(Slot slot, DoltEndpoint endpoint)
    {
        if (slot.Server is { IsUsable: true } && slot.Endpoint == endpoint)
            return true;
        await slot.CloseServerAsync();
        Slot? spare;
        lock (_lock)
            (spare, slot.Spare) = (slot.Spare, null);
        if (spare is null)
            return false;
        if (spare.Server is { IsUsable: true } server && spare.Endpoint == endpoint)
        {
            (slot.Server, slot.Endpoint, slot.Opened, slot.LetsNobodyIn) = (server, endpoint, spare.Opened, spare.LetsNobodyIn);
            return true;
        }

        await spare.CloseAsync();
        return false;
    }

    private async ValueTask EnterAsync(SemaphoreSlim semaphore, DoltEndpoint endpoint, DeadlineBudget budget, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // The usual case neither waits nor allocates.
        if (await semaphore.WaitAsync(TimeSpan.Zero, CancellationToken.None))
            return;
        var entering = semaphore.WaitAsync(CancellationToken.None);
        var hasEntered = false;
        try
        {
            hasEntered = await entering.CompletesWithinAsync(budget.Remaining, _clock, cancellationToken);
        }
        finally
        {
            if (!hasEntered)
                _ = LeaveLaterAsync(entering, semaphore);
        }

        if (!hasEntered)
            throw new ConnectionBusyException($"the connection to {endpoint} was in use until the deadline");
    }

    /// <summary>One who gave up waiting is let in some day all the same.</summary>
    private static async Task LeaveLaterAsync(Task entering, SemaphoreSlim semaphore)
    {
        await entering;
        semaphore.Release();
    }

    private Slot Reserve(Key key)
    {
        Slot? evicted = null;
        Slot slot;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_slots.TryGetValue(key, out var found))
            {
                evicted = _slots.Count >= _options.MaximumConnections ? TakeLeastRecentlyUsed() : null;
                found = new(key) { LastUsed = _clock.GetTimestamp(), MaximumAge = _options.MaximumAge * key.Share() };
                _slots.Add(key, found);
            }

            slot = found;
            slot.Users++;
        }

        if (evicted is not null)
            _ = evicted.CloseAsync().AsTask();
        return slot;
    }

    // Every user holds a lease, and there are no more leases than connections: one who needs a new connection finds an idle one.
    private Slot? TakeLeastRecentlyUsed()
    {
        var oldest = _slots.Values.Where(slot => slot.Users == 0).MinBy(slot => slot.LastUsed);
        if (oldest is not null)
            _slots.Remove(oldest.Key);
        return oldest;
    }

    // Those who wait for their turn keep it; who comes later gets another connection.
    internal void Detach(Slot slot)
    {
        lock (_lock)
        {
            slot.IsDetached = true;
            if (_slots.TryGetValue(slot.Key, out var kept) && ReferenceEquals(kept, slot))
                _slots.Remove(slot.Key);
        }
    }

    /// <summary>
    /// Whether a connection that left the pool, and that nobody uses any more, is of use there: where there is no other one. The server may let nobody else in.
    /// </summary>
    private bool ComesBack(Slot slot)
    {
        lock (_lock)
        {
            if (_disposed || !slot.IsDetached || slot.Server is not { IsUsable: true })
                return false;
            if (_slots.TryGetValue(slot.Key, out var kept))
            {
                if (kept.Server is not null || kept.Spare is not null)
                    return false;
                // Somebody may be connecting at this moment, and perhaps in vain.
                kept.Spare = slot;
                return true;
            }

            if (_slots.Count >= _options.MaximumConnections)
                return false;
            slot.IsDetached = false;
            _slots.Add(slot.Key, slot);
            return true;
        }
    }

    // True when nobody will ever use the connection again, because the pool was closed meanwhile, or the connection left it.
    private bool Leave(Slot slot, bool entered)
    {
        if (entered)
            slot.Turn.Release();
        lock (_lock)
        {
            slot.Users--;
            return (_disposed || slot.IsDetached) && slot.Users == 0;
        }
    }

    private void CloseIdle()
    {
        List<Slot> idle = [];
        lock (_lock)
        {
            foreach (var slot in _slots.Values)
            {
                if (slot.Users == 0 && _clock.GetElapsedTime(slot.LastUsed) >= _options.IdleLifetime)
                    idle.Add(slot);
            }

            foreach (var slot in idle)
                _slots.Remove(slot.Key);
        }

        foreach (var slot in idle)
            _ = slot.CloseAsync().AsTask();
    }
}
