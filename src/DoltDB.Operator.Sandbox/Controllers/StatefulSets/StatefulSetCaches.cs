using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>What the StatefulSet controller looks at.</summary>
internal sealed class StatefulSetCaches(ICacheSource registry)
{
    public IObjectCache<StatefulSet> Sets { get; } = registry.Get(BuiltInKinds.StatefulSet);

    public IObjectCache<Pod> Pods { get; } = registry.Get(BuiltInKinds.Pod).WithControllerIndex().WithOrphanIndex();

    public IObjectCache<ControllerRevision> Revisions { get; } = registry.Get(BuiltInKinds.ControllerRevision).WithControllerIndex().WithOrphanIndex();

    public IObjectCache<PersistentVolumeClaim> Claims { get; } = registry.Get(BuiltInKinds.PersistentVolumeClaim);
}
