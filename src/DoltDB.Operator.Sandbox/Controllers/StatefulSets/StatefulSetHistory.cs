using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>Keeps the recorded templates of a set.</summary>
internal sealed class StatefulSetHistory(ControllerContext context)
{
    /// <summary>The current revision and that of the template, which is recorded when it is new.</summary>
    public async Task<RevisionPair> RecordAsync(StatefulSet set, IReadOnlyList<ControllerRevision> known, CancellationToken cancellationToken)
    {
        var rendered = StatefulSetRevisions.Render(set, known);
        var update = StatefulSetRevisions.FindEqual(known, rendered);
        if (update is null)
            update = await context.Client.CreateAsync(BuiltInKinds.ControllerRevision, rendered, cancellationToken);
        else if (StatefulSetRevisions.IsOutnumbered(update, known))
            update = await RenumberAsync(update, rendered.Revision!.Value, cancellationToken);
        var current = known.FirstOrDefault(revision => revision.Metadata.Name == set.Status?.CurrentRevision);
        return new RevisionPair(current ?? update, update);
    }

    /// <summary>Deletes what the history limit leaves no room for.</summary>
    public async Task TruncateAsync(
        StatefulSet set, RevisionPair pair, IReadOnlyList<ControllerRevision> known, IReadOnlyList<Pod> pods, CancellationToken cancellationToken)
    {
        foreach (var surplus in StatefulSetRevisions.Surplus(set, pair, known, pods))
        {
            await context.Client.DeleteAsync(
                BuiltInKinds.ControllerRevision, NamespacedName.Of(surplus), new DeleteOptions { Uid = surplus.Metadata.Uid }, cancellationToken);
        }
    }

    private Task<ControllerRevision> RenumberAsync(ControllerRevision revision, long number, CancellationToken cancellationToken) =>
        context.Client.MergePatchAsync(
            BuiltInKinds.ControllerRevision, NamespacedName.Of(revision), new JsonObject { ["revision"] = number }, null, cancellationToken);
}
