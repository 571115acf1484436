namespace DoltDB.Operator.Sql;

/// <summary>
/// Runs statements that their callers compose, one place a statement, with <see cref="SqlQuoting"/> for every value.
/// The exceptions are those of <see cref="IDoltServer"/>; the message of a <see cref="DoltException"/> never repeats a secret.
/// </summary>
public interface ISqlSession : IAsyncDisposable
{
    /// <summary>False once the connection is closed, broken or invalidated by a role change.</summary>
    bool IsUsable { get; }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    Task<long> ExecuteAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Runs a statement and returns its first result that has rows.</summary>
    Task<SqlResult> QueryAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken);
}
