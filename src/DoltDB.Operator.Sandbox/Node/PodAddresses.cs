using System.Globalization;
using System.Net;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>
/// Gives every pod name a loopback address of its own, 127.64.0.1 to 127.95.255.254. The address stays with the name, so that a pod that
/// comes back is found where it was and peers can be configured before they exist; with a file it also outlives the process.
/// </summary>
internal sealed class PodAddresses
{
    private const uint First = (127u << 24) | (64u << 16) | 1;
    private const uint Last = (127u << 24) | (95u << 16) | 0xFFFE;

    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, uint> addresses = [];
    private readonly string? file;
    private uint next = First;

    /// <summary>Reads what an earlier run gave out, when <paramref name="file"/> is given and exists.</summary>
    public PodAddresses(string? file)
    {
        this.file = file;
        if (file is null || !File.Exists(file))
            return;
        foreach (var line in File.ReadLines(file))
        {
            var parts = line.Split(' ');
            if (parts.Length == 3 && uint.TryParse(parts[2], CultureInfo.InvariantCulture, out var value))
            {
                addresses[new NamespacedName(parts[0], parts[1])] = value;
                next = Math.Max(next, value + 1);
            }
        }
    }

    /// <summary>The address of the pod name; the same at every call.</summary>
    public IPAddress Of(NamespacedName pod)
    {
        lock (gate)
        {
            if (!addresses.TryGetValue(pod, out var value))
            {
                value = TakeNext();
                addresses[pod] = value;
                if (file is not null)
                    File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{pod.Namespace} {pod.Name} {value}\n"));
            }

            return new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        }
    }

    private uint TakeNext()
    {
        if (next > Last)
            throw new InvalidOperationException("all loopback addresses for pods are taken");
        var value = next++;
        // .0 and .255 confuse tools that take them for networks and broadcasts.
        if ((next & 0xFF) is 0xFF)
            next += 2;
        return value;
    }
}
