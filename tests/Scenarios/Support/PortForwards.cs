using System.Diagnostics;
using System.Globalization;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>Local ports that lead to pods: one <c>kubectl port-forward</c> for each pod, for as long as it lives.</summary>
internal sealed class PortForwards(string ns) : IAsyncDisposable
{
    private const string Announcement = "Forwarding from 127.0.0.1:";

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, (Process Process, Address Address)> forwards = [];

    /// <summary>The local address of a pod's port.</summary>
    /// <param name="pod">Name of the pod.</param>
    /// <param name="uid">Its uid: a pod made anew gets another forward.</param>
    /// <param name="port">Port of the pod.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Address> ToAsync(string pod, string uid, int port, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{uid}:{port}");
            if (forwards.TryGetValue(key, out var present))
            {
                if (!present.Process.HasExited)
                    return present.Address;
                present.Process.Dispose();
                forwards.Remove(key);
            }

            var process = Kubectl.Start("--namespace", ns, "port-forward", "--address", "127.0.0.1", "pod/" + pod, string.Create(CultureInfo.InvariantCulture, $":{port}"));
            var address = await ReadAddressAsync(process, cancellationToken);
            forwards[key] = (process, address);
            return address;
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in forwards.Values)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        gate.Dispose();
    }

    private static async Task<Address> ReadAddressAsync(Process process, CancellationToken cancellationToken)
    {
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is not null && line.StartsWith(Announcement, StringComparison.Ordinal))
        {
            Drain(process.StandardOutput);
            Drain(process.StandardError);
            return new Address("127.0.0.1", int.Parse(line[Announcement.Length..].Split(' ')[0], CultureInfo.InvariantCulture));
        }

        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        process.Dispose();
        throw new IOException($"kubectl port-forward: {line}{errors}");
    }

    /// <summary>It prints a line for every connection: a pipe that nobody reads would fill and stop it.</summary>
    private static void Drain(StreamReader reader) => _ = reader.BaseStream.CopyToAsync(Stream.Null);
}
