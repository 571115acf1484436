using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>Source-generated JSON of the built-in kinds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(StatefulSet))]
[JsonSerializable(typeof(ControllerRevision))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(PodStatus))]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(NetworkPolicy))]
[JsonSerializable(typeof(PodDisruptionBudget))]
[JsonSerializable(typeof(PodDisruptionBudgetStatus))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(ObjectMetadata))]
[JsonSerializable(typeof(ServiceAccount))]
[JsonSerializable(typeof(PersistentVolumeClaim))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(LabelSelector))]
[JsonSerializable(typeof(StorageClass))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(CronJob))]
[JsonSerializable(typeof(PersistentVolume))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(TokenReview))]
[JsonSerializable(typeof(SubjectAccessReview))]
public sealed partial class KubernetesJson : JsonSerializerContext;
