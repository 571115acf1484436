using Npgsql;
using DoltDB.Operator.Sql.Protocol;

namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>The kept connections of the driver: a small pool for each database of each server. The least recently used go first.</summary>
internal sealed class PostgreSqlSources(DriverOptions options, TimeProvider clock) : IAsyncDisposable
{
    private const int MaximumSources = 256;
    private const int MaximumConnections = 4;
    private const int IdleSeconds = 60;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, LinkedListNode<Entry>> _sources = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>An open connection to the database. The exceptions are those of <see cref="PostgreSqlErrors.OfLogin"/>.</summary>
    public async Task<PostgreSqlSession> OpenAsync(ServerEndpoint server, string database, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectDeadline, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var connection = await Find(new(server, database)).OpenConnectionAsync(linked.Token);
            return new(server, connection, options, clock, cancellationToken);
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

    /// <summary>Closes the connections to a database that is about to be dropped.</summary>
    public async ValueTask CloseAsync(ServerEndpoint server, string database)
    {
        NpgsqlDataSource? source = null;
        lock (_lock)
        {
            if (_sources.Remove(new(server, database), out var node))
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

    private NpgsqlDataSource Find(Key key)
    {
        Entry? evicted = null;
        NpgsqlDataSource source;
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
            source = node.Value.Source;
        }

        evicted?.Source.Dispose();
        return source;
    }

    private NpgsqlDataSource Create(Key key)
    {
        var (server, database) = key;
        if (server.Host.Contains(',', StringComparison.Ordinal))
            throw new ArgumentException("one host is needed", nameof(key));
        var text = new NpgsqlConnectionStringBuilder
        {
            Host = server.Host,
            Port = server.Port,
            Username = server.User,
            Password = server.Password,
            Database = database,
            SslMode = server.Tls.Mode == TlsMode.Disable ? SslMode.Disable : SslMode.Require,
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = "doltdb-operator",
            MaxPoolSize = MaximumConnections,
            ConnectionIdleLifetime = IdleSeconds,
            ConnectionPruningInterval = IdleSeconds / 2,
            Timeout = (int)Math.Ceiling(options.ConnectDeadline.TotalSeconds),
            // The token of each call bounds it.
            CommandTimeout = 0,
            // No statement leaves anything in a session.
            NoResetOnClose = true,
            Enlist = false,
            // Whoever may create functions in a database must not put them before those that the statements mean.
            SearchPath = "pg_catalog",
        };
        var builder = new NpgsqlSlimDataSourceBuilder(text.ConnectionString);
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

    private sealed record Key(ServerEndpoint Server, string Database);

    private sealed record Entry(Key Key, NpgsqlDataSource Source);
}
