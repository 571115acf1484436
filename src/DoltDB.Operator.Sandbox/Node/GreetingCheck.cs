using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>
/// The check whether a server speaks first, as the shell command of a probe states it. For a server of this process it is done in this process:
/// a shell for each look at each of many servers would cost more than they do.
/// </summary>
internal static partial class GreetingCheck
{
    /// <summary>The port of which the command waits for a greeting; null for another command.</summary>
    public static int? Port(IReadOnlyList<string> command) =>
        command.Count > 0 && Connection().Match(command[^1]) is { Success: true } match ? int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture) : null;

    /// <summary>Whether the command takes a process that is not stopped for a sign of life too: a server that lets nobody in works for those who are.</summary>
    public static bool AsksForTheProcess(IReadOnlyList<string> command) => command[^1].Contains("|| !", StringComparison.Ordinal);

    /// <summary>0 when the server said something, or took the connection where that is enough, else 1; a silent one is waited for until the token is cancelled.</summary>
    public static async Task<int> RunAsync(IPAddress address, int port, bool isConnectingEnough, CancellationToken cancellationToken)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return isConnectingEnough || await socket.ReceiveAsync(new byte[4096], cancellationToken) > 0 ? 0 : 1;
        }
        catch (SocketException)
        {
            return 1;
        }
    }

    [GeneratedRegex("^exec 3<>/dev/tcp/127[.]0[.]0[.]1/(?<port>[0-9]{1,5}) ", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Connection();
}
