using System.Globalization;
using System.Text.Json;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>The Job of one attempt of an operation, and the Secret with what it reads. Pure.</summary>
internal static class DriverJobs
{
    /// <summary>Name of the container.</summary>
    public const string Container = "driver";

    /// <summary>Where the driver finds its input.</summary>
    public const string InputPath = "/driver";

    /// <summary>Where the driver may write.</summary>
    public const string ScratchPath = "/scratch";

    /// <summary>Where the driver writes its result.</summary>
    public const string ResultPath = "/dev/termination-log";

    private const string AdministratorPassword = "admin-password";
    private const string OwnerPassword = "owner-password";
    private const string ClientKey = "tls.key";

    /// <summary>Longer than the longest pause between attempts, so that a failed attempt is remembered until the next begins.</summary>
    private const int KeptSeconds = 3600;

    private const int DefaultDeadlineSeconds = 300;
    private const int DefaultBackoffLimit = 2;
    private const string Foreground = "foregroundDeletion";

    private static readonly JsonElement PodSecurity = Json(
        """{"runAsNonRoot":true,"runAsUser":65532,"runAsGroup":65532,"fsGroup":65532,"seccompProfile":{"type":"RuntimeDefault"}}""");

    private static readonly JsonElement ContainerSecurity = Json(
        """{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}}""");

    /// <summary>Exit codes that no repetition will change end the Job at once; a drained node is nobody's failure.</summary>
    private static readonly JsonElement FailurePolicy = Json(
        """{"rules":[{"action":"FailJob","onExitCodes":{"containerName":"driver","operator":"In","values":[64,65,77,78]}},{"action":"Ignore","onPodConditions":[{"type":"DisruptionTarget","status":"True"}]}]}""");

    private static readonly JsonElement Scratch = Json("""{"sizeLimit":"256Mi"}""");

    /// <summary>The files of the Secret that no message may repeat.</summary>
    public static IReadOnlyList<string> SecretFiles { get; } = [AdministratorPassword, OwnerPassword, ClientKey];

    /// <summary>The Secret with request.json and the credentials, a file each; immutable and for this attempt alone.</summary>
    public static Secret Secret(DriverJobRequest request, int attempt)
    {
        var data = new Dictionary<string, string> { ["request.json"] = JsonSerializer.Serialize(Document(request), DriverJson.Default.DriverRequestDocument) };
        Add("admin-username", request.Administrator?.User);
        Add(AdministratorPassword, request.Administrator?.Password);
        Add("owner-username", request.OwnerAccount?.User);
        Add(OwnerPassword, request.OwnerAccount?.Password);
        Add("ca.crt", request.Tls.CertificateAuthorityPem);
        Add("tls.crt", request.Tls.ClientCertificatePem);
        Add(ClientKey, request.Tls.ClientKeyPem);
        return new Secret
        {
            Metadata = Metadata(request, attempt),
            Type = "Opaque",
            Immutable = true,
            Data = SecretData.Encode(data),
        };

        void Add(string name, string? value)
        {
            if (value is not null)
                data[name] = value;
        }
    }

    /// <summary>The Job.</summary>
    public static Job Job(DriverJobRequest request, int attempt)
    {
        var spec = request.Driver.Spec;
        return new Job
        {
            Metadata = Metadata(request, attempt),
            Spec = new JobSpec
            {
                Parallelism = 1,
                Completions = 1,
                BackoffLimit = spec?.BackoffLimit ?? DefaultBackoffLimit,
                ActiveDeadlineSeconds = spec?.ActiveDeadlineSeconds ?? DefaultDeadlineSeconds,
                TtlSecondsAfterFinished = KeptSeconds,
                PodFailurePolicy = FailurePolicy,
                Template = Template(request, DriverJobNames.Of(request, attempt)),
            },
        };
    }

    /// <summary>The reference by which the Secret goes when the Job goes.</summary>
    public static OwnerReference OwnedBy(Job job) => new()
    {
        ApiVersion = BuiltInKinds.Job.ApiVersion, Kind = BuiltInKinds.Job.Kind, Name = job.Metadata.Name!, Uid = job.Metadata.Uid!, Controller = true,
    };

    private static DriverRequestDocument Document(DriverJobRequest request) => new()
    {
        Version = 1,
        Operation = DriverJobNames.Verb(request.Operation),
        Engine = request.Engine,
        Database = request.DatabaseName,
        Host = request.Host,
        Port = request.Port,
        Tls = new DriverTlsDocument(request.Tls.Mode.ToString()),
        Parameters = request.Parameters,
        Owner = request.OwnerAccount?.User,
        Charset = request.Charset,
        Collation = request.Collation,
        Backup = request.Backup,
    };

    private static ObjectMeta Metadata(DriverJobRequest request, int attempt) => new()
    {
        Name = DriverJobNames.Of(request, attempt),
        Namespace = request.Namespace,
        Labels = new()
        {
            [ClusterLabels.ManagedBy] = ClusterLabels.OperatorName,
            [DriverJobNames.DatabaseUid] = request.Owner.Metadata.Uid ?? "",
            [DriverJobNames.OperationId] = request.OperationId(),
            [DriverJobNames.Attempt] = attempt.ToString(CultureInfo.InvariantCulture),
        },
        Annotations = new() { [DriverJobNames.DatabaseName] = request.Owner.Metadata.Name ?? "" },
        OwnerReferences = Owners(request),
    };

    /// <summary>
    /// The Database, except while it is deleted in the foreground: then the garbage collector deletes what it owns first, and with it the Job
    /// that drops the database, before it has.
    /// </summary>
    private static IReadOnlyList<OwnerReference>? Owners(DriverJobRequest request)
    {
        var owner = request.Owner.Metadata;
        if (owner.DeletionTimestamp is not null && owner.Finalizers?.Contains(Foreground, StringComparer.Ordinal) == true)
            return null;
        return
        [
            new OwnerReference
            {
                ApiVersion = DoltKinds.Database.ApiVersion, Kind = DoltKinds.Database.Kind, Name = owner.Name!, Uid = owner.Uid!, Controller = true,
            },
        ];
    }

    private static PodTemplateSpec Template(DriverJobRequest request, string name)
    {
        var spec = request.Driver.Spec;
        return new PodTemplateSpec
        {
            Metadata = new ObjectMeta
            {
                Labels = new()
                {
                    [ClusterLabels.ManagedBy] = ClusterLabels.OperatorName,
                    [DriverJobNames.DatabaseUid] = request.Owner.Metadata.Uid ?? "",
                    [DriverJobNames.JobName] = name,
                },
            },
            Spec = new PodSpec
            {
                RestartPolicy = "Never",
                ServiceAccountName = spec?.ServiceAccountName,
                AutomountServiceAccountToken = spec?.ServiceAccountName is not null,
                EnableServiceLinks = false,
                SecurityContext = PodSecurity,
                ImagePullSecrets = spec?.ImagePullSecrets is { } secrets ? [.. secrets.Select(static secret => secret.Deserialize(KubernetesJson.Default.LocalObjectReference)!)] : null,
                Containers = [DriverContainer(request)],
                Volumes =
                [
                    new Volume { Name = "input", Secret = new SecretVolumeSource { SecretName = name, DefaultMode = 0b100_100_000 } },
                    new Volume { Name = "scratch", EmptyDir = Scratch },
                ],
            },
        };
    }

    private static Container DriverContainer(DriverJobRequest request)
    {
        var spec = request.Driver.Spec;
        return new Container
        {
            Name = Container,
            Image = spec?.Image,
            Command = spec?.Command,
            Args = spec?.Args,
            Env = [.. Environment(request)],
            Resources = spec?.Resources,
            SecurityContext = ContainerSecurity,
            TerminationMessagePath = ResultPath,
            TerminationMessagePolicy = "File",
            VolumeMounts =
            [
                new VolumeMount { Name = "input", MountPath = InputPath, ReadOnly = true },
                new VolumeMount { Name = "scratch", MountPath = ScratchPath },
            ],
        };
    }

    private static IEnumerable<EnvVar> Environment(DriverJobRequest request)
    {
        var operation = DriverJobNames.Verb(request.Operation);
        yield return new EnvVar { Name = "DB_OPERATOR_DATABASE", Value = request.Owner.Metadata.Name };
        yield return new EnvVar { Name = "DB_OPERATOR_NAMESPACE", Value = request.Namespace };
        yield return new EnvVar { Name = "DB_OPERATOR_OPERATION", Value = operation };
        yield return new EnvVar { Name = "DB_OPERATOR_ACTION", Value = operation };
        if (request.Operation == DriverOperation.Backup)
            yield return new EnvVar { Name = "DB_OPERATOR_BACKUP", Value = request.Backup };
        yield return new EnvVar { Name = "DB_OPERATOR_INPUT", Value = InputPath };
        yield return new EnvVar { Name = "DB_OPERATOR_RESULT", Value = ResultPath };
        yield return new EnvVar { Name = "TMPDIR", Value = ScratchPath };
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
