using System.Globalization;
using System.Net;
using System.Text.Json;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>
/// Cluster addresses of Services: the next free one of the upper half of 127.N.0.0/16, so that the sandbox can listen on each. What is in
/// use is what the stored Services hold, so that it survives a restart.
/// </summary>
internal sealed class ServiceAddresses(byte network)
{
    private const int FirstNodePort = 30000;
    private const int LastNodePort = 32767;

    private readonly Lock gate = new();
    private readonly HashSet<uint> addresses = [];
    private readonly HashSet<long> nodePorts = [];
    private readonly uint first = (127u << 24) | ((uint)network << 16) | 0x8001;
    private readonly uint last = (127u << 24) | ((uint)network << 16) | 0xFFF0;
    private uint next = (127u << 24) | ((uint)network << 16) | 0x8001;

    /// <summary>Takes note of the Services that are stored already.</summary>
    public void Restore(IEnumerable<StoredObject> services)
    {
        foreach (var service in services)
            Hold(service.Root);
    }

    /// <summary>The next free cluster address; not used again until released, even while lower ones are free.</summary>
    public string TakeAddress()
    {
        lock (gate)
        {
            for (var tried = first; tried <= last; tried++)
            {
                var candidate = next;
                next = next == last ? first : next + 1;
                // Addresses that end in 0 or 255 confuse people.
                if ((candidate & 0xff) is not (0 or 255) && addresses.Add(candidate))
                    return Format(candidate);
            }

            throw new InvalidOperationException("All cluster addresses are in use.");
        }
    }

    /// <summary>Takes the given address; false when another Service has it.</summary>
    public bool TryTake(string address)
    {
        if (!TryParse(address, out var value))
            return false;
        lock (gate)
            return addresses.Add(value);
    }

    /// <summary>The lowest free node port.</summary>
    public int TakeNodePort()
    {
        lock (gate)
        {
            for (var port = FirstNodePort; port <= LastNodePort; port++)
            {
                if (nodePorts.Add(port))
                    return port;
            }

            throw new InvalidOperationException("All node ports are in use.");
        }
    }

    /// <summary>Frees what a Service held.</summary>
    public void Release(JsonElement service)
    {
        lock (gate)
        {
            if (Address(service) is { } address)
                addresses.Remove(address);
            foreach (var port in NodePorts(service))
                nodePorts.Remove(port);
        }
    }

    private void Hold(JsonElement service)
    {
        lock (gate)
        {
            if (Address(service) is { } address)
                addresses.Add(address);
            foreach (var port in NodePorts(service))
                nodePorts.Add(port);
        }
    }

    private static uint? Address(JsonElement service) =>
        JsonPaths.Read(service, ".spec.clusterIP") is { ValueKind: JsonValueKind.String } text && TryParse(text.GetString()!, out var value) ? value : null;

    private static IEnumerable<long> NodePorts(JsonElement service)
    {
        if (JsonPaths.Read(service, ".spec.ports") is not { ValueKind: JsonValueKind.Array } ports)
            yield break;
        foreach (var port in ports.EnumerateArray())
        {
            if (port.TryGetProperty("nodePort", out var number))
                yield return number.GetInt64();
        }
    }

    private static bool TryParse(string text, out uint value)
    {
        value = 0;
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork)
            return false;
        value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
        return true;
    }

    private static string Format(uint value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value >> 24}.{(value >> 16) & 0xff}.{(value >> 8) & 0xff}.{value & 0xff}");
}
