using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Status;

/// <summary>What the page of one DoltDB shows.</summary>
/// <param name="Cluster">The DoltDB.</param>
/// <param name="Services">Its write and read Services, as far as there are any.</param>
/// <param name="Events">Its latest events, oldest first.</param>
/// <param name="Omissions">What could not be read, and why.</param>
internal sealed record StatusFacts(DoltDb Cluster, IReadOnlyList<Service> Services, IReadOnlyList<Event> Events, IReadOnlyList<string> Omissions)
{
    private const int MostEvents = 10;

    /// <summary>Reads what belongs to the DoltDB. A user who may not read Services or events gets the page without them.</summary>
    public static async Task<StatusFacts> ReadAsync(Session session, DoltDb cluster, CancellationToken cancellationToken)
    {
        var name = cluster.Metadata.Name!;
        var omissions = new List<string>();
        var services = await AllowedAsync("Services", omissions, async () =>
        {
            var found = new List<Service>();
            foreach (var service in new[] { ClusterNames.Primary(name), ClusterNames.Reader(name) })
            {
                if (await session.Client.GetAsync(BuiltInKinds.Service, session.In(service), cancellationToken) is { } read)
                    found.Add(read);
            }

            return found;
        });
        var events = await AllowedAsync("events", omissions, async () =>
        {
            var selector = $"involvedObject.kind={DoltKinds.DoltDb.Kind},involvedObject.name={name}";
            var list = await session.Client.ListAsync(BuiltInKinds.Event, new ListOptions { Namespace = session.Namespace, FieldSelector = selector }, cancellationToken);
            return Latest(list.Items, cluster.Metadata.Uid);
        });
        return new StatusFacts(cluster, services, events, omissions);
    }

    /// <summary>When the event was last seen.</summary>
    public static DateTimeOffset? SeenAt(Event item) => item.LastTimestamp ?? item.FirstTimestamp ?? item.Metadata.CreationTimestamp;

    /// <summary>The latest events of this incarnation of the object.</summary>
    private static List<Event> Latest(IReadOnlyList<Event> events, string? uid) =>
        [.. events.Where(item => item.InvolvedObject.Uid is null || item.InvolvedObject.Uid == uid).OrderBy(SeenAt).TakeLast(MostEvents)];

    private static async Task<List<T>> AllowedAsync<T>(string what, List<string> omissions, Func<Task<List<T>>> read)
    {
        try
        {
            return await read();
        }
        catch (KubernetesException exception) when (exception.Code == 403)
        {
            omissions.Add($"{what} are not shown: {exception.Message}");
            return [];
        }
    }
}
