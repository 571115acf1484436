using DoltDB.Operator.Sql.Protocol;

namespace DoltDB.Operator.Sql;

/// <summary>Connects over the MySQL protocol.</summary>
/// <param name="clock">Measures the deadlines.</param>
public sealed class DoltConnector(TimeProvider clock) : IDoltConnector
{
    /// <inheritdoc/>
    async Task<IDoltServer> IDoltConnector.ConnectAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken) =>
        await ConnectAsync(endpoint, deadline, cancellationToken);

    /// <inheritdoc cref="IDoltConnector.ConnectAsync"/>
    public async Task<DoltServer> ConnectAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var budget = new DeadlineBudget(clock, deadline);
        var connection = await MySqlConnection.OpenAsync(endpoint, budget.Remaining, clock, cancellationToken);
        try
        {
            await connection.QueryAsync(DoltStatements.EnableAutocommit, budget.Remaining, cancellationToken);
            return new(connection, clock);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
