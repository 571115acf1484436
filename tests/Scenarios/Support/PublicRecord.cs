using System.Text;
using System.Text.Json;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.Hosting;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>Every state that every object of a sandbox was in since the record began, the secret ones apart.</summary>
internal sealed class PublicRecord : IDisposable
{
    private const string Secrets = "/secrets";

    private readonly Dictionary<string, StoreWatch> watches;
    private readonly Dictionary<string, List<string>> states = [];
    private readonly Dictionary<string, string> secrets = [];

    private PublicRecord(Dictionary<string, StoreWatch> watches) => this.watches = watches;

    public static PublicRecord Begin(SandboxHost host) => new(host.ApiServer.Catalog.Current.All
        .Select(static type => type.StorageName)
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(static resource => resource, resource => host.ApiServer.Objects.WatchFromNow(resource, null, null), StringComparer.Ordinal));

    /// <summary>The states of all that is no Secret, by resource: <c>/pods</c>, <c>batch/jobs</c>.</summary>
    public IReadOnlyDictionary<string, List<string>> States
    {
        get
        {
            Read();
            return states;
        }
    }

    /// <summary>Every password and key that ever was in a Secret, by its place and number.</summary>
    public IReadOnlyDictionary<string, string> Passwords
    {
        get
        {
            Read();
            return secrets;
        }
    }

    public void Dispose()
    {
        foreach (var watch in watches.Values)
            watch.Dispose();
    }

    private void Read()
    {
        foreach (var (resource, watch) in watches)
        {
            while (watch.Changes.TryRead(out var change))
                Add(resource, change.Object);
            if (watch.IsEnded)
                throw new InvalidOperationException($"{resource} changed more often than is kept");
        }
    }

    private void Add(string resource, StoredObject seen)
    {
        if (resource == Secrets)
            AddSecret(seen);
        else if (states.TryGetValue(resource, out var known))
            known.Add(Encoding.UTF8.GetString(seen.Json.Span));
        else
            states[resource] = [Encoding.UTF8.GetString(seen.Json.Span)];
    }

    private void AddSecret(StoredObject secret)
    {
        if (!secret.Root.TryGetProperty("data", out var data))
            return;
        foreach (var pair in data.EnumerateObject().Where(static pair => IsHidden(pair.Name)))
        {
            var value = Encoding.UTF8.GetString(pair.Value.GetBytesFromBase64());
            secrets.TryAdd($"{secret.Key.Namespace}/{secret.Key.Name} {pair.Name} {value}", value);
        }
    }

    private static bool IsHidden(string key) =>
        key.Contains("password", StringComparison.OrdinalIgnoreCase) || key.EndsWith("key", StringComparison.OrdinalIgnoreCase) || key.Contains("token", StringComparison.OrdinalIgnoreCase);
}
