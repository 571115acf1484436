namespace DoltDB.Operator.Sql;

/// <summary>Opens connections to Dolt servers.</summary>
public interface IDoltConnector
{
    /// <summary>Connects and logs in within <paramref name="deadline"/>.</summary>
    /// <exception cref="DoltException">The server answered with an error, such as 1045 access denied,
    /// or no login method that both sides accept exists (codes 2026, 2059, 2061).</exception>
    /// <exception cref="NoGreetingException">The server took the connection and said nothing before the deadline passed.</exception>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    /// <exception cref="NotAdmittedException">The server is there and lets no more clients in.</exception>
    /// <exception cref="IOException">The server cannot be reached or closed the connection.</exception>
    Task<IDoltServer> ConnectAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken);
}
