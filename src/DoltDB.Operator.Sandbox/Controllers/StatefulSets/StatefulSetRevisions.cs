using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>The revisions that matter now.</summary>
/// <param name="Current">Revision that pods below a partition keep.</param>
/// <param name="Update">Revision of the set's template.</param>
internal sealed record RevisionPair(ControllerRevision Current, ControllerRevision Update)
{
    public string CurrentName => Current.Metadata.Name!;

    public string UpdateName => Update.Metadata.Name!;
}

/// <summary>Templates of a StatefulSet as ControllerRevisions. Pure.</summary>
internal static class StatefulSetRevisions
{
    private const string HashLabel = "controller.kubernetes.io/hash";
    private const int HashLength = 10;
    private const int DefaultHistoryLimit = 10;

    /// <summary>The revision of the set's template, numbered as the newest of the known ones; not stored yet.</summary>
    public static ControllerRevision Render(StatefulSet set, IReadOnlyList<ControllerRevision> known)
    {
        var data = Data(set);
        var hash = CanonicalJson.Hash(data)[..HashLength];
        var labels = new Dictionary<string, string>(set.Spec?.Selector?.MatchLabels ?? []) { [HashLabel] = hash };
        return new ControllerRevision
        {
            Metadata = new ObjectMeta
            {
                Name = $"{set.Metadata.Name}-{hash}",
                Namespace = set.Metadata.Namespace,
                Labels = labels,
                OwnerReferences = [Owners.Controlling(BuiltInKinds.StatefulSet, set)],
            },
            Data = data,
            Revision = known.Select(static revision => revision.Revision ?? 0).DefaultIfEmpty().Max() + 1,
        };
    }

    /// <summary>The known revision with the data of the rendered one, or null.</summary>
    public static ControllerRevision? FindEqual(IReadOnlyList<ControllerRevision> known, ControllerRevision rendered) =>
        known.FirstOrDefault(revision => revision.Metadata.Labels?.GetValueOrDefault(HashLabel) == rendered.Metadata.Labels![HashLabel]);

    /// <summary>Whether a known revision with the wanted template must become the newest again.</summary>
    public static bool IsOutnumbered(ControllerRevision revision, IReadOnlyList<ControllerRevision> known) =>
        known.Any(other => other.Metadata.Name != revision.Metadata.Name && other.Revision >= revision.Revision);

    /// <summary>The set as it was at the revision.</summary>
    public static StatefulSet At(StatefulSet set, ControllerRevision revision)
    {
        if (revision.Data is not { } data
            || !data.TryGetProperty("spec", out var spec)
            || !spec.TryGetProperty("template", out var template)
            || template.Deserialize(KubernetesJson.Default.PodTemplateSpec) is not { } parsed)
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"ControllerRevision {revision.Metadata.Name} holds no spec.template"));
        }

        return set with { Spec = set.Spec! with { Template = parsed } };
    }

    /// <summary>Old revisions beyond the history limit that no pod bears, oldest first.</summary>
    public static IReadOnlyList<ControllerRevision> Surplus(
        StatefulSet set, RevisionPair pair, IReadOnlyList<ControllerRevision> known, IEnumerable<Pod> pods)
    {
        var limit = set.Spec?.RevisionHistoryLimit ?? DefaultHistoryLimit;
        var live = pods.Select(StatefulSetNames.RevisionOf).Append(pair.CurrentName).Append(pair.UpdateName).ToHashSet();
        var history = known.Where(revision => !live.Contains(revision.Metadata.Name!)).OrderBy(static revision => revision.Revision).ToList();
        return history.Count > limit ? history[..(history.Count - limit)] : [];
    }

    private static JsonElement Data(StatefulSet set)
    {
        var template = JsonSerializer.SerializeToNode(set.Spec?.Template ?? new PodTemplateSpec(), KubernetesJson.Default.PodTemplateSpec)!.AsObject();
        template["$patch"] = "replace";
        using var document = JsonDocument.Parse(new JsonObject { ["spec"] = new JsonObject { ["template"] = template } }.ToJsonString());
        return document.RootElement.Clone();
    }
}
