using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Kubernetes.Tests.Fakes;

/// <summary>Objects that tests begin from.</summary>
internal static class Sample
{
    public static ResourceKind<ConfigMap> Kind => BuiltInKinds.ConfigMap;

    public static ConfigMap ConfigMap(string name, string ns = "db", string value = "1", OwnerReference? owner = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = ns, OwnerReferences = owner is null ? null : [owner] },
        Data = new Dictionary<string, string> { ["value"] = value },
    };

    public static OwnerReference Owner(string name, string uid, string kind = "StatefulSet", string apiVersion = "apps/v1") =>
        new() { ApiVersion = apiVersion, Kind = kind, Name = name, Uid = uid, Controller = true };
}
