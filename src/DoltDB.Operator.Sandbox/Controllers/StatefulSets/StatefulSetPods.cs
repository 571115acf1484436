using System.Globalization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>Pods as a StatefulSet makes them. Pure.</summary>
internal static class StatefulSetPods
{
    /// <summary>The pod with that number, from the template of the revision that is due for it.</summary>
    public static Pod Render(StatefulSet set, RevisionPair revisions, int ordinal)
    {
        var revision = IsHeldBack(set, ordinal) ? revisions.Current : revisions.Update;
        var template = StatefulSetRevisions.At(set, revision).Spec!.Template!;
        var name = StatefulSetNames.Pod(set.Metadata.Name!, ordinal);
        var given = template.Metadata;
        return new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                GenerateName = set.Metadata.Name + "-",
                Namespace = set.Metadata.Namespace,
                Labels = new Dictionary<string, string>(given?.Labels ?? [])
                {
                    [StatefulSetNames.RevisionLabel] = revision.Metadata.Name!,
                    [StatefulSetNames.PodNameLabel] = name,
                    [StatefulSetNames.PodIndexLabel] = ordinal.ToString(CultureInfo.InvariantCulture),
                },
                Annotations = given?.Annotations,
                Finalizers = given?.Finalizers,
                OwnerReferences = [Owners.Controlling(BuiltInKinds.StatefulSet, set)],
            },
            Spec = (template.Spec ?? new PodSpec()) with
            {
                Hostname = name,
                Subdomain = set.Spec?.ServiceName,
                Volumes = Volumes(set, template.Spec, name),
            },
        };
    }

    /// <summary>Whether a partition keeps the pod with that number at the current revision.</summary>
    public static bool IsHeldBack(StatefulSet set, int ordinal) => set.Spec?.UpdateStrategy is not { Type: "OnDelete" } && ordinal < Partition(set);

    /// <summary>The lowest number that a rolling update touches.</summary>
    public static int Partition(StatefulSet set) => set.Spec?.UpdateStrategy?.RollingUpdate?.Partition ?? 0;

    private static List<Volume> Volumes(StatefulSet set, PodSpec? spec, string pod)
    {
        var claimed = (set.Spec?.VolumeClaimTemplates ?? []).Select(static template => template.Metadata.Name!).ToList();
        return
        [
            .. claimed.Select(template => new Volume
            {
                Name = template,
                PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = StatefulSetNames.Claim(template, pod) },
            }),
            .. (spec?.Volumes ?? []).Where(volume => !claimed.Contains(volume.Name)),
        ];
    }
}
