using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Schema;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>The custom kinds of <c>k8s.dolthub.com/v1alpha</c>.</summary>
public static class DoltKinds
{
    /// <summary>API group.</summary>
    public const string Group = CustomResourceAttribute.Group;

    /// <summary>The only version.</summary>
    public const string Version = CustomResourceAttribute.Version;

    /// <summary>Clusters of Dolt servers.</summary>
    public static readonly ResourceKind<DoltDb> DoltDb = new(Group, Version, "DoltDB", "doltdbs", true, ApiJson.Default.DoltDb);

    /// <summary>Logical databases.</summary>
    public static readonly ResourceKind<Database> Database = new(Group, Version, "Database", "databases", true, ApiJson.Default.Database);

    /// <summary>SQL accounts.</summary>
    public static readonly ResourceKind<User> User = new(Group, Version, "User", "users", true, ApiJson.Default.User);

    /// <summary>Privileges.</summary>
    public static readonly ResourceKind<Grant> Grant = new(Group, Version, "Grant", "grants", true, ApiJson.Default.Grant);

    /// <summary>Database servers that somebody else runs.</summary>
    public static readonly ResourceKind<ExternalInstance> ExternalInstance =
        new(Group, Version, "ExternalInstance", "externalinstances", true, ApiJson.Default.ExternalInstance);

    /// <summary>Programs that manage databases of other engines.</summary>
    public static readonly ResourceKind<DatabaseDriver> DatabaseDriver =
        new(Group, Version, "DatabaseDriver", "databasedrivers", true, ApiJson.Default.DatabaseDriver);

    /// <summary>Scheduled volume snapshots.</summary>
    public static readonly ResourceKind<Snapshot> Snapshot = new(Group, Version, "Snapshot", "snapshots", true, ApiJson.Default.Snapshot);

    /// <summary>Runs of backups.</summary>
    public static readonly ResourceKind<Backup> Backup = new(Group, Version, "Backup", "backups", true, ApiJson.Default.Backup);

    /// <summary>Scheduled backups.</summary>
    public static readonly ResourceKind<BackupSchedule> BackupSchedule =
        new(Group, Version, "BackupSchedule", "backupschedules", true, ApiJson.Default.BackupSchedule);
}
