namespace DoltDB.Operator.Sql.Protocol;

/// <summary>A logged-in connection that statements travel over.</summary>
internal interface ISqlTransport : IAsyncDisposable
{
    /// <summary>The version of the handshake.</summary>
    string ServerVersion { get; }

    /// <summary>False once closed by either side.</summary>
    bool IsOpen { get; }

    /// <summary>Runs one statement.</summary>
    /// <exception cref="DoltException">The server refused.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">The deadline passed; the connection is closed.</exception>
    Task<SqlResult> QueryAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Makes the session as new. The exceptions are those of <see cref="QueryAsync"/>.</summary>
    Task ResetAsync(TimeSpan deadline, CancellationToken cancellationToken);
}
