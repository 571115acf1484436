using System.Globalization;
using System.Net;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>
/// Gives every pod name a loopback address of its own, the lower half of the sandbox's network 127.N.0.0/16. The address stays with the name, so that a pod that
/// comes back is found where it was and peers can be configured before they exist; with a file it also outlives the process.
/// </summary>
internal sealed class PodAddresses
{
    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, uint> addresses = [];
    private readonly string? file;
    private readonly uint last;
    private uint next;

    /// <summary>Reads what an earlier run gave out, when <paramref name="file"/> is given and exists.</summary>
    public PodAddresses(string? file, byte network)
    {
        this.file = file;
        next = (127u << 24) | ((uint)network << 16) | 1;
        last = next - 1 + 0x7FFE;
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
        if (next > last)
            throw new InvalidOperationException("all loopback addresses for pods are taken");
        var value = next++;
        // .0 and .255 confuse tools that take them for networks and broadcasts.
        if ((next & 0xFF) is 0xFF)
            next += 2;
        return value;
    }
}
