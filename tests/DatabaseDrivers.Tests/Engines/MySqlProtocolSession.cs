using DoltDB.Operator.Sql;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Engines;

/// <summary>A session over the MySQL protocol.</summary>
internal sealed class MySqlProtocolSession : ITestSession
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly DoltServer _server;

    private MySqlProtocolSession(DoltServer server) => _server = server;

    public static async Task<ITestSession> LoginAsync(ServerEndpoint server, string user, string password, string? database, bool encrypted)
    {
        var endpoint = new DoltEndpoint
        {
            Host = server.Host, Port = server.Port, User = user, Password = password, UseTls = encrypted, Database = database,
        };
        try
        {
            return new MySqlProtocolSession(await new DoltConnector(TimeProvider.System).ConnectAsync(endpoint, s_deadline, default));
        }
        catch (DoltException exception)
        {
            throw new RefusedException(exception);
        }
    }

    public async Task ExecuteAsync(string statement) => await QueryAsync(statement);

    public async Task<string?> ReadAsync(string query) => (await QueryAsync(query)).Rows is [[var value, ..], ..] ? value : null;

    public async Task<SqlResult> QueryAsync(string statement)
    {
        try
        {
            return await _server.QueryAsync(statement, s_deadline, default);
        }
        catch (DoltException exception)
        {
            throw new RefusedException(exception);
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
