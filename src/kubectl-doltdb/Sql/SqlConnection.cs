using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Sql;

namespace DoltDB.Kubectl.Sql;

/// <summary>An open session with a server of a cluster, and the port that leads to it when it is not reached directly.</summary>
internal sealed class SqlConnection : IAsyncDisposable
{
    private static readonly TimeSpan DirectPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ForwardPatience = TimeSpan.FromSeconds(15);
    private readonly PortForward? forward;

    private SqlConnection(DoltServer server, DoltEndpoint endpoint, PortForward? forward) => (Server, Endpoint, this.forward) = (server, endpoint, forward);

    /// <summary>The session.</summary>
    public DoltServer Server { get; }

    /// <summary>Where it leads, and as whom.</summary>
    public DoltEndpoint Endpoint { get; }

    /// <summary>Connects as the administrator: to the pod's address, or through <c>kubectl port-forward</c> when that cannot be reached.</summary>
    /// <exception cref="PluginException">There is no such server, no usable Secret, or no way to the pod.</exception>
    public static async Task<SqlConnection> OpenAsync(Session session, string name, SqlTarget target, string? database, bool alwaysForward, CancellationToken cancellationToken)
    {
        var credentials = new AdministratorCredentials(session.Client, session.Time);
        var administrator = await credentials.GetAsync(session.In(name), mayCreate: false, isRefused: false, cancellationToken);
        if (!administrator.State.IsUsable)
            throw new PluginException($"{administrator.State.Problem}: the administrator of DoltDB '{name}' cannot log in without it");
        var endpoint = new DoltEndpoint
        {
            Host = target.Address ?? PortForward.Host, Port = target.Port, User = administrator.User, Password = administrator.Password, Database = database,
        };
        if (target.Address is not null && !alwaysForward)
        {
            try
            {
                return new SqlConnection(await ConnectAsync(session, endpoint, DirectPatience, cancellationToken), endpoint, null);
            }
            catch (Exception exception) when (exception is IOException or TimeoutException)
            {
                await session.Error.WriteLineAsync($"{target.Pod} is not reached at {endpoint.Host}:{endpoint.Port}; forwarding a port".AsMemory(), cancellationToken);
            }
        }

        var forward = await PortForward.OpenAsync(session, target.Pod, target.Port, cancellationToken);
        try
        {
            var local = endpoint with { Host = PortForward.Host, Port = forward.Port };
            return new SqlConnection(await ConnectAsync(session, local, ForwardPatience, cancellationToken), local, forward);
        }
        catch
        {
            await forward.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (forward is not null)
            await forward.DisposeAsync();
    }

    private static Task<DoltServer> ConnectAsync(Session session, DoltEndpoint endpoint, TimeSpan patience, CancellationToken cancellationToken) =>
        new DoltConnector(session.Time).ConnectAsync(endpoint, patience, cancellationToken);
}
