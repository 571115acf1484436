using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DoltDB.Operator.Sandbox.Hosting;

/// <summary>
/// The addresses of one sandbox, 127.N.0.0/16: pods in the lower half, Services in the upper. Sandboxes of one machine take different
/// numbers; one that is kept in a directory gets its number again.
/// </summary>
internal sealed class LoopbackNetwork : IDisposable
{
    private const int FirstNumber = 64;
    private const int LastNumber = 126;
    private const int LockPort = 7099;

    private readonly Socket held;

    private LoopbackNetwork(byte number, Socket held) => (Number, this.held) = (number, held);

    /// <summary>Second octet of every address.</summary>
    public byte Number { get; }

    /// <summary>Takes a free network, or the one that the file names.</summary>
    /// <exception cref="IOException">Another sandbox runs with the file's network, or all are taken.</exception>
    public static LoopbackNetwork Take(string? file)
    {
        if (file is not null && File.Exists(file) && byte.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var kept))
            return TryTake(kept) ?? throw new IOException($"127.{kept}.0.0/16 is in use: does a sandbox run with this data directory already?");
        for (byte number = FirstNumber; number <= LastNumber; number++)
        {
            if (TryTake(number) is not { } network)
                continue;
            if (file is not null)
                File.WriteAllText(file, number.ToString(CultureInfo.InvariantCulture));
            return network;
        }

        throw new IOException("all loopback networks of sandboxes are in use");
    }

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();

    private static LoopbackNetwork? TryTake(byte number)
    {
        // A port that one process can hold at a time, and that the system takes back however the process ends.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(new IPAddress([127, number, 255, 254]), LockPort));
            socket.Listen(1);
            return new LoopbackNetwork(number, socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
