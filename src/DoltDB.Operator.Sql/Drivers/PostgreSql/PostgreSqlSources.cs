using Npgsql;
using DoltDB.Operator.Sql.Protocol;

namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>
/// The kept connections of the driver: a small pool for each database of each server, and one for the statements that may take long. The least
/// recently used go first.
/// </summary>
internal sealed class PostgreSqlSources(DriverOptions options, TimeProvider clock) : IAsyncDisposable
{
    private const int MaximumSources = 256;
    private const int MaximumConnections = 4;
    private const int IdleSeconds = 60;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, LinkedListNode<Entry>> _sources = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>A session in the database. The exceptions are those of <see cref="PostgreSqlErrors.OfLogin"/>, and Busy when the turn does not come.</summary>
    public async Task<PostgreSqlSession> OpenAsync(ServerEndpoint server, string database, CancellationToken cancellationToken)
    {
        var session = new PostgreSqlSession(server, this, database, options, clock, cancellationToken);
        await session.OpenAsync();
        return session;
    }

    /// <summary>An open connection to the database, for the one who asks alone.</summary>
    public async Task<PostgreSqlLease> LeaseAsync(ServerEndpoint server, string database, bool isLong, CancellationToken cancellationToken)
    {
        Entry entry;
        try
        {
            entry = Find(new(server, database, isLong));
        }
        catch (Exception exception) when (PostgreSqlErrors.Has(exception))
        {
            throw PostgreSqlErrors.OfLogin(exception, server);
        }

        await EnterAsync(entry, cancellationToken);
        try
        {
            return new(await ConnectAsync(entry, cancellationToken), entry.Turns);
        }
        catch
        {
            entry.Turns.Release();
            throw;
        }
    }

    /// <summary>Closes the connections to a database that is about to be dropped.</summary>
    public async ValueTask CloseAsync(ServerEndpoint server, string database)
    {
        NpgsqlDataSource? source = null;
        lock (_lock)
        {
            if (_sources.Remove(new(server, database, IsLong: false), out var node))
            {
                _byUse.Remove(node);
                source = node.Value.Source;
            }
        }

        if (source is not null)
            await source.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<Entry> all;
        lock (_lock)
        {
            all = [.. _byUse];
            _byUse.Clear();
            _sources.Clear();
        }

        foreach (var entry in all)
            await entry.Source.DisposeAsync();
    }

    private async Task EnterAsync(Entry entry, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.TurnDeadline, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await entry.Turns.WaitAsync(linked.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DriverException(DriverError.Busy, $"the connections to database {entry.Key.Database} of {entry.Key.Server} were in use until the deadline", exception);
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(Entry entry, CancellationToken cancellationToken)
    {
        var server = entry.Key.Server;
        using var deadline = new CancellationTokenSource(options.ConnectDeadline, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await entry.Source.OpenConnectionAsync(linked.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DriverException(DriverError.Unreachable, $"{server.Host}:{server.Port} did not let {server.User} in within {options.ConnectDeadline.TotalSeconds} s", exception);
        }
        catch (Exception exception) when (PostgreSqlErrors.Has(exception))
        {
            throw PostgreSqlErrors.OfLogin(exception, server);
        }
    }

    private Entry Find(Key key)
    {
        Entry? evicted = null;
        Entry found;
        lock (_lock)
        {
            if (_sources.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
            }
            else
            {
                node = new(new(key, Create(key)));
                _sources.Add(key, node);
                if (_sources.Count > MaximumSources && _byUse.Last is { } oldest)
                {
                    evicted = oldest.Value;
                    _byUse.RemoveLast();
                    _sources.Remove(evicted.Key);
                }
            }

            _byUse.AddFirst(node);
            found = node.Value;
        }

        evicted?.Source.Dispose();
        return found;
    }

    private NpgsqlDataSource Create(Key key)
    {
        var (server, database, _) = key;
        if (server.Host.Contains(',', StringComparison.Ordinal))
            throw new ArgumentException("one host is needed", nameof(key));
        var builder = new NpgsqlSlimDataSourceBuilder();
        // Never through the text of a connection string, which loses the line break at the end of a password.
        builder.UsePasswordProvider(_ => server.Password, (_, _) => ValueTask.FromResult(server.Password));
        var settings = builder.ConnectionStringBuilder;
        settings.Host = server.Host;
        settings.Port = server.Port;
        settings.Username = server.User;
        settings.Database = database;
        settings.SslMode = server.Tls.Mode == TlsMode.Disable ? SslMode.Disable : SslMode.Require;
        settings.GssEncryptionMode = GssEncryptionMode.Disable;
        settings.ApplicationName = "doltdb-operator";
        settings.MaxPoolSize = MaximumConnections;
        settings.ConnectionIdleLifetime = IdleSeconds;
        settings.ConnectionPruningInterval = IdleSeconds / 2;
        settings.Timeout = (int)Math.Ceiling(options.ConnectDeadline.TotalSeconds);
        // The token of each call bounds it.
        settings.CommandTimeout = 0;
        // No statement leaves anything in a session.
        settings.NoResetOnClose = true;
        settings.Enlist = false;
        // Whoever may create functions in a database must not put them before those that the statements mean.
        settings.SearchPath = "pg_catalog";
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        if (server.Tls.Mode != TlsMode.Disable)
        {
            builder.EnableTransportSecurity();
            builder.UseSslClientAuthenticationOptionsCallback(OptionsFor(server).Apply);
        }

        return builder.Build();
    }

    private static TlsOptions OptionsFor(ServerEndpoint server) => new()
    {
        Verification = server.Tls.Mode switch
        {
            TlsMode.VerifyIdentity => CertificateVerification.AuthorityAndName,
            TlsMode.VerifyCA => CertificateVerification.Authority,
            _ => CertificateVerification.None,
        },
        ServerName = server.Host,
        CertificateAuthorityPem = server.Tls.CertificateAuthorityPem,
        ClientCertificatePem = server.Tls.ClientCertificatePem,
        ClientKeyPem = server.Tls.ClientKeyPem,
    };

    private sealed record Key(ServerEndpoint Server, string Database, bool IsLong);

    private sealed record Entry(Key Key, NpgsqlDataSource Source)
    {
        // The pool has the same bound; a wait for it could not be told from one for the server.
        public SemaphoreSlim Turns { get; } = new(MaximumConnections, MaximumConnections);
    }
}

/// <summary>The right to use one connection until disposed.</summary>
internal sealed class PostgreSqlLease(NpgsqlConnection connection, SemaphoreSlim turns) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await connection.DisposeAsync();
        }
        finally
        {
            turns.Release();
        }
    }
}
