using System.Text.Json;
using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>VolumeSnapshots of a DoltDB, taken on a schedule.</summary>
[CustomResource("Snapshot", "snapshots", ShortNames = "doltsnapshot")]
[PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Status", "string", ".status.conditions[?(@.type==\"Ready\")].message")]
[PrinterColumn("DoltDB", "string", ".spec.doltDBRef.name")]
public sealed record Snapshot : KubernetesObject
{
    /// <summary>What should be taken when.</summary>
    public SnapshotSpec? Spec { get; init; }

    /// <summary>What the operator sees of it.</summary>
    public ConditionsStatus? Status { get; init; }
}

/// <summary>Desired state of a Snapshot.</summary>
public sealed record SnapshotSpec : JsonShape
{
    /// <summary>The DoltDB whose volumes are taken.</summary>
    [JsonPropertyName("doltDBRef")]
    [SchemaRequired]
    public DoltDbReference? DoltDbRef { get; init; }

    /// <summary>When: five fields of cron.</summary>
    [SchemaRequired]
    public string? FrequencySchedule { get; init; }

    /// <summary>Image of the job, without tag.</summary>
    [SchemaDefault("\"bitnami/kubectl\"")]
    public string? Image { get; init; }

    /// <summary>Tag of the image.</summary>
    [SchemaDefault("\"latest\"")]
    public string? Version { get; init; }

    /// <summary>Secrets to pull the image with.</summary>
    [CoreSchema("io.k8s.api.core.v1.LocalObjectReference")]
    public IReadOnlyList<JsonElement>? ImagePullSecrets { get; init; }
}

/// <summary>What is backed up, and where to.</summary>
[CelRule("!has(self.databases) || self.databases.all(d, d.matches('^[a-zA-Z0-9_]+$'))", "bad name")]
[CelRule("!has(self.databases) || self.databases.all(d, size(d) <= 80)", "name too long")]
public abstract record BackupTemplate : JsonShape
{
    /// <summary>The DoltDB that is backed up.</summary>
    [JsonPropertyName("doltDBRef")]
    [SchemaRequired]
    public DoltDbReference? DoltDbRef { get; init; }

    /// <summary>Where the backup goes: exactly one place.</summary>
    [SchemaRequired]
    public BackupStorage? Storage { get; init; }

    /// <summary>Databases to back up; all when left out.</summary>
    [SchemaSize(MaxItems = 100, ItemMaxLength = 80)]
    public IReadOnlyList<string>? Databases { get; init; }

    /// <summary>Attempts before the backup fails.</summary>
    [SchemaDefault("2")]
    public int? BackoffLimit { get; init; }

    /// <summary>Accepted for compatibility: backups run inside the server, in no pod of their own.</summary>
    [CoreSchema("io.k8s.api.core.v1.ResourceRequirements")]
    public JsonElement? Resources { get; init; }

    /// <summary>Accepted for compatibility: backups run inside the server, in no pod of their own.</summary>
    [CoreSchema("io.k8s.api.core.v1.LocalObjectReference")]
    public IReadOnlyList<JsonElement>? ImagePullSecrets { get; init; }
}

/// <summary>Where a backup goes: exactly one place.</summary>
[SchemaSize(MinProperties = 1, MaxProperties = 1)]
public sealed record BackupStorage : JsonShape
{
    /// <summary>A bucket of an S3-compatible store.</summary>
    public S3Storage? S3 { get; init; }

    /// <summary>A DoltHub repository.</summary>
    public DoltHubStorage? DoltHub { get; init; }

    /// <summary>A directory of the server's own file system.</summary>
    public LocalStorage? Local { get; init; }
}

/// <summary>A bucket of an S3-compatible store.</summary>
public sealed record S3Storage : JsonShape
{
    /// <summary>Name of the bucket.</summary>
    [SchemaRequired]
    [SchemaPattern("^[a-z0-9][a-z0-9.-]+[a-z0-9]$")]
    [SchemaSize(MaxLength = 63)]
    public string? Bucket { get; init; }

    /// <summary>Region of the bucket.</summary>
    public string? Region { get; init; }

    /// <summary>Endpoint of the store; AWS when left out.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Path in the bucket.</summary>
    [SchemaSize(MaxLength = 512)]
    public string? Prefix { get; init; }

    /// <summary>DynamoDB table that Dolt keeps its manifest in; the bucket's name when left out.</summary>
    [JsonPropertyName("dynamoDBTable")]
    [SchemaSize(MaxLength = 255)]
    public string? DynamoDbTable { get; init; }

    /// <summary>Address the bucket by path instead of by host name.</summary>
    public bool? ForcePathStyle { get; init; }

    /// <summary>Access key.</summary>
    public SecretKeyReference? AccessKeyIdSecretKeyRef { get; init; }

    /// <summary>Secret of the access key.</summary>
    public SecretKeyReference? SecretAccessKeySecretKeyRef { get; init; }
}

/// <summary>A DoltHub repository.</summary>
public sealed record DoltHubStorage : JsonShape
{
    /// <summary>URL of the repository.</summary>
    [SchemaRequired]
    [SchemaSize(MaxLength = 512)]
    public string? RemoteUrl { get; init; }

    /// <summary>Credentials.</summary>
    public SecretKeyReference? CredentialsSecretKeyRef { get; init; }
}

/// <summary>A directory of the server's own file system.</summary>
public sealed record LocalStorage : JsonShape
{
    /// <summary>Absolute path.</summary>
    [SchemaRequired]
    [SchemaPattern("^/[a-zA-Z0-9_./-]+$")]
    [SchemaSize(MaxLength = 255)]
    public string? Path { get; init; }
}

/// <summary>One run of a backup.</summary>
[CustomResource("Backup", "backups", ShortNames = "doltbackup")]
[PrinterColumn("Phase", "string", ".status.phase")]
[PrinterColumn("DoltDB", "string", ".spec.doltDBRef.name")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record Backup : KubernetesObject
{
    /// <summary>What is backed up, and where to. It cannot change.</summary>
    public BackupSpec? Spec { get; init; }

    /// <summary>How the run goes.</summary>
    public BackupStatus? Status { get; init; }
}

/// <summary>Desired state of a Backup.</summary>
[CelRule("self == oldSelf", "backup spec is immutable")]
public sealed record BackupSpec : BackupTemplate;

/// <summary>How a backup went.</summary>
public sealed record BackupStatus : JsonShape
{
    /// <summary>Aspects of the state.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>Pending, Running, Completed or Failed.</summary>
    [SchemaEnum("Pending", "Running", "Completed", "Failed")]
    public string? Phase { get; init; }

    /// <summary>When the run began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the run ended.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Why the run failed.</summary>
    public string? Error { get; init; }

    /// <summary>Failed attempts so far.</summary>
    public int? RetryCount { get; init; }
}

/// <summary>Backups on a schedule.</summary>
[CustomResource("BackupSchedule", "backupschedules", ShortNames = "doltbackupschedule")]
[PrinterColumn("Schedule", "string", ".spec.schedule")]
[PrinterColumn("Suspend", "boolean", ".spec.suspend")]
[PrinterColumn("DoltDB", "string", ".spec.doltDBRef.name")]
[PrinterColumn("Last Schedule", "date", ".status.lastScheduleTime")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record BackupSchedule : KubernetesObject
{
    /// <summary>What is backed up when.</summary>
    public BackupScheduleSpec? Spec { get; init; }

    /// <summary>Which runs there were.</summary>
    public BackupScheduleStatus? Status { get; init; }
}

/// <summary>Desired state of a BackupSchedule.</summary>
public sealed record BackupScheduleSpec : BackupTemplate
{
    /// <summary>When: five fields of cron, or a descriptor such as @daily.</summary>
    [SchemaRequired]
    public string? Schedule { get; init; }

    /// <summary>Whether no runs are started.</summary>
    public bool? Suspend { get; init; }
}

/// <summary>Which runs a schedule started.</summary>
public sealed record BackupScheduleStatus : JsonShape
{
    /// <summary>Aspects of the state.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>When the last run was started.</summary>
    public DateTimeOffset? LastScheduleTime { get; init; }

    /// <summary>When the next run is due.</summary>
    public DateTimeOffset? NextScheduleTime { get; init; }

    /// <summary>Name of the last Backup.</summary>
    public string? LastBackupRef { get; init; }
}
