using System.Net;

namespace DoltDB.Operator.Hosting;

/// <summary>A listen address as Go programs write it: <c>:8081</c>, <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>8080</c>; <c>0</c> means none.</summary>
internal static class BindAddress
{
    /// <summary>The address to listen on, or null for none. Without a host it is <see cref="IPAddress.IPv6Any"/>, which means IPv4 too.</summary>
    /// <exception cref="FormatException">The text is no address; the message names the flag.</exception>
    public static IPEndPoint? Parse(string text, string flag)
    {
        if (text.Length == 0 || text == "0")
            return null;
        if (ushort.TryParse(text, out var bare))
            return new IPEndPoint(IPAddress.IPv6Any, bare);
        var colon = text.LastIndexOf(':');
        if (colon >= 0 && ushort.TryParse(text.AsSpan(colon + 1), out var port))
        {
            var host = text[..colon].Trim('[', ']');
            if (host.Length == 0)
                return new IPEndPoint(IPAddress.IPv6Any, port);
            if (host == "localhost")
                return new IPEndPoint(IPAddress.Loopback, port);
            if (IPAddress.TryParse(host, out var address))
                return new IPEndPoint(address, port);
        }

        throw new FormatException($"{flag}: '{text}' is no address; expected HOST:PORT, :PORT, or 0 for none");
    }
}
