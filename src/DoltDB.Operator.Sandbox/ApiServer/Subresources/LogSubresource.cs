using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Subresources;

/// <summary>Serves what containers printed.</summary>
internal sealed class LogSubresource(ObjectStore store, TimeProvider time)
{
    /// <summary>Where the lines come from; null when no node runs pods.</summary>
    public IPodLogs? Source { get; set; }

    public ApiAnswer Get(WriteTarget target, ApiRequest request, CancellationToken cancellationToken)
    {
        var pod = (store.Get(target.Key) ?? throw ApiErrors.NotFound(target.Type, target.Name!)).Copy();
        var container = Container(pod, target.Name!, request.Query["container"]);
        if (request.Query.IsTrue("previous"))
            throw ApiErrors.BadRequest($"previous terminated container \"{container}\" in pod \"{target.Name}\" not found");
        var since = Since(request);
        var tail = Number(request, "tailLines");
        var name = new NamespacedName(target.Namespace, target.Name!);
        return new ApiAnswer.Text(LinesAsync(name, container, request, since, tail, cancellationToken));
    }

    private static string Container(JsonObject pod, string name, string? asked)
    {
        var spec = pod["spec"] as JsonObject;
        var containers = spec.Objects("containers").Select(c => c.Text("name") ?? "").ToList();
        var all = containers.Concat(spec.Objects("initContainers").Select(c => c.Text("name") ?? "")).ToList();
        if (string.IsNullOrEmpty(asked))
        {
            return containers.Count == 1
                ? containers[0]
                : throw ApiErrors.BadRequest($"a container name must be specified for pod {name}, choose one of: [{string.Join(" ", all)}]");
        }

        return all.Contains(asked) ? asked : throw ApiErrors.BadRequest($"container {asked} is not valid for pod {name}");
    }

    private DateTimeOffset? Since(ApiRequest request)
    {
        if (Number(request, "sinceSeconds") is not { } seconds)
            return DateTimeOffset.TryParse(request.Query["sinceTime"], CultureInfo.InvariantCulture, out var at) ? at : null;
        return seconds > 0
            ? time.GetUtcNow().AddSeconds(-seconds)
            : throw ApiErrors.InvalidOptions("PodLogOptions", FieldProblem.Invalid("sinceSeconds", seconds, "must be greater than 0"));
    }

    private static long? Number(ApiRequest request, string name) =>
        long.TryParse(request.Query[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(
        NamespacedName pod,
        string container,
        ApiRequest request,
        DateTimeOffset? since,
        long? tail,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Source is not { } source)
            yield break;
        var kept = source.Read(pod, container);
        var skip = tail is { } last && last < kept.Count ? kept.Count - Math.Max(0, last) : 0;
        if (request.Query.IsTrue("follow"))
        {
            await foreach (var line in source.FollowAsync(pod, container, cancellationToken))
            {
                if (skip-- <= 0 && (since is null || line.Time >= since))
                    yield return Show(line, request);
            }

            yield break;
        }

        foreach (var line in kept.Skip((int)skip))
        {
            if (since is null || line.Time >= since)
                yield return Show(line, request);
        }
    }

    private static ReadOnlyMemory<byte> Show(PodLogLine line, ApiRequest request) => Encoding.UTF8.GetBytes(
        request.Query.IsTrue("timestamps")
            ? $"{line.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff00'Z'", CultureInfo.InvariantCulture)} {line.Text}\n"
            : line.Text + "\n");
}
