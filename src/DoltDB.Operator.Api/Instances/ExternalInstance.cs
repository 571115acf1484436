using System.Text.Json;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>A database server that somebody else runs: databases, users and grants are managed on it, the server itself never is.</summary>
[CustomResource("ExternalInstance", "externalinstances")]
[PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Status", "string", ".status.conditions[?(@.type==\"Ready\")].message")]
[PrinterColumn("Engine", "string", ".spec.engine")]
[PrinterColumn("Version", "string", ".status.version")]
[PrinterColumn("Host", "string", ".spec.host")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record ExternalInstance : KubernetesObject
{
    /// <summary>Where the server is and who may use it.</summary>
    public ExternalInstanceSpec? Spec { get; init; }

    /// <summary>What the operator sees of it.</summary>
    public ExternalInstanceStatus? Status { get; init; }
}

/// <summary>Where a server is and who may use it.</summary>
[CelRule("!has(self.adminCredentials) || !has(self.adminCredentials.password) || !has(self.adminCredentials.password.value)", "a password must come from a Secret: use valueFrom", FieldPath = ".adminCredentials.password")]
[CelRule("has(self.driver) || self.engine in ['Dolt', 'MySQL', 'MariaDB', 'PostgreSQL']", "without driver the engine must be Dolt, MySQL, MariaDB or PostgreSQL", FieldPath = ".engine")]
public sealed record ExternalInstanceSpec : JsonShape
{
    /// <summary>Dolt, MySQL, MariaDB or PostgreSQL; with driver whatever that serves.</summary>
    [SchemaRequired]
    [SchemaSize(MinLength = 1, MaxLength = 63)]
    public string? Engine { get; init; }

    /// <summary>A DatabaseDriver of this namespace that does the work instead of the operator.</summary>
    [SchemaSize(MinLength = 1, MaxLength = 253)]
    public string? Driver { get; init; }

    /// <summary>Address: a name or an IP.</summary>
    [SchemaRequired]
    [SchemaSize(MinLength = 1, MaxLength = 253)]
    public string? Host { get; init; }

    /// <summary>Port; that of the engine when left out (3306, 5432).</summary>
    [SchemaRange(Minimum = 1, Maximum = 65535)]
    public int? Port { get; init; }

    /// <summary>Address for readers, which only goes into connection Secrets.</summary>
    [SchemaSize(MaxLength = 253)]
    public string? ReaderHost { get; init; }

    /// <summary>How connections are encrypted and the server is verified.</summary>
    public InstanceTls? Tls { get; init; }

    /// <summary>The account that manages databases, users and grants.</summary>
    [SchemaRequired]
    public InlineCredentials? AdminCredentials { get; init; }

    /// <summary>Whose Databases, Users and Grants may refer to it; those of its own namespace when left out.</summary>
    public AllowedNamespaces? AllowedNamespaces { get; init; }

    /// <summary>What else the driver reads.</summary>
    public Dictionary<string, string>? Parameters { get; init; }

    /// <summary>How often the server is looked at, such as 30s.</summary>
    public string? ProbeInterval { get; init; }
}

/// <summary>How connections to a server are encrypted.</summary>
public sealed record InstanceTls : JsonShape
{
    /// <summary>Disable, Require (encrypt, trust anyone), VerifyCA or VerifyIdentity; VerifyIdentity when a CA is given, else Require.</summary>
    [SchemaEnum("Disable", "Require", "VerifyCA", "VerifyIdentity")]
    public string? Mode { get; init; }

    /// <summary>Certificates in PEM that the server's must chain to.</summary>
    public SecretKeyReference? CaSecretKeyRef { get; init; }

    /// <summary>A Secret of type kubernetes.io/tls with the certificate that the operator shows.</summary>
    [SchemaSize(MinLength = 1, MaxLength = 253)]
    public string? ClientSecretName { get; init; }
}

/// <summary>Namespaces whose objects may refer to this one.</summary>
[CelRule("!has(self.selector) || (has(self.from) && self.from == 'Selector')", "selector belongs to from: Selector")]
public sealed record AllowedNamespaces : JsonShape
{
    /// <summary>Same, All or Selector.</summary>
    [SchemaEnum("Same", "All", "Selector")]
    [SchemaDefault("\"Same\"")]
    public string? From { get; init; }

    /// <summary>Labels of the namespaces.</summary>
    [CoreSchema("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector")]
    public JsonElement? Selector { get; init; }
}

/// <summary>Observed state of an ExternalInstance.</summary>
public sealed record ExternalInstanceStatus : SqlObjectStatus
{
    /// <summary>Pending, Ready or Unreachable: a summary of the conditions.</summary>
    public string? Phase { get; init; }

    /// <summary>Version that the server reports.</summary>
    public string? Version { get; init; }

    /// <summary>What can be managed on it: Databases, Users, Grants, Roles, MaxUserConnections, RequireTLS, Branches.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }
}
