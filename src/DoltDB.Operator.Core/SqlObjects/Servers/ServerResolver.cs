using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>Finds the server of an object: the primary of a DoltDB, an ExternalInstance, or what a Database names inline.</summary>
internal sealed class ServerResolver(
    IKubernetesClient client,
    ClusterCaches clusters,
    IObjectCache<ExternalInstance> instances,
    IObjectCache<DatabaseDriver> drivers,
    AdministratorCredentials administrators,
    SecretReader secrets,
    NamespaceAccess access)
{
    /// <summary>The server of an object in the namespace; <paramref name="isRefused"/> when it refused the administrator last time.</summary>
    public async Task<ServerResolution> ResolveAsync(string ns, SqlObjectSpec? spec, bool isRefused, CancellationToken cancellationToken) => spec switch
    {
        { DoltDbRef: { } reference } => await ResolveAsync(ns, ServerKeys.Name(reference, ns), isRefused, cancellationToken),
        { InstanceRef: { } reference } => await ResolveInstanceAsync(ns, ServerKeys.Name(reference, ns), cancellationToken),
        DatabaseSpec { Driver: not null } database => await ResolveInlineAsync(ns, database, cancellationToken),
        _ => Invalid("exactly one of spec.doltDBRef and spec.instanceRef must be given"),
    };

    /// <summary>
    /// The same for an object that is deleted. What the watch does not know is asked for: a server in a namespace that is not watched is not gone, and one that may not
    /// be asked for may be there.
    /// </summary>
    public async Task<ServerResolution> ResolveForRemovalAsync(string ns, SqlObjectSpec? spec, bool isRefused, CancellationToken cancellationToken)
    {
        var resolution = await ResolveAsync(ns, spec, isRefused, cancellationToken);
        if (resolution is not ServerResolution.Unusable { IsGone: true } gone)
            return resolution;
        try
        {
            return await IsThereAsync(ns, spec, cancellationToken) ? gone with { IsGone = false, Message = $"{ServerKeys.Of(spec, ns)} is there, but the operator does not watch its namespace" } : gone;
        }
        catch (KubernetesException exception) when (exception.Code == 403)
        {
            // Whose namespace is gone is gone with it.
            return await IsNamespaceAbsentAsync(ns, spec, cancellationToken)
                ? gone
                : gone with { IsGone = false, Message = $"the operator neither watches the namespace of {ServerKeys.Of(spec, ns)} nor may read there" };
        }
    }

    private async Task<bool> IsThereAsync(string ns, SqlObjectSpec? spec, CancellationToken cancellationToken) => spec switch
    {
        { DoltDbRef: { } reference } => await client.GetAsync(DoltKinds.DoltDb, ServerKeys.Name(reference, ns), cancellationToken) is not null,
        { InstanceRef: { } reference } => await client.GetAsync(DoltKinds.ExternalInstance, ServerKeys.Name(reference, ns), cancellationToken) is not null,
        _ => false,
    };

    private async Task<bool> IsNamespaceAbsentAsync(string ns, SqlObjectSpec? spec, CancellationToken cancellationToken)
    {
        NamespacedName? server = spec switch
        {
            { DoltDbRef: { } reference } => ServerKeys.Name(reference, ns),
            { InstanceRef: { } reference } => ServerKeys.Name(reference, ns),
            _ => null,
        };
        return server is { } name && await access.IsAbsentAsync(name.Namespace, cancellationToken);
    }

    /// <summary>The server of an instance, for its own probe.</summary>
    public Task<ServerResolution> ResolveAsync(ExternalInstance instance, CancellationToken cancellationToken) => DescribeAsync(instance, cancellationToken);

    private async Task<ServerResolution> ResolveAsync(string ns, NamespacedName name, bool isRefused, CancellationToken cancellationToken)
    {
        if (name.Name.Length == 0)
            return Invalid("spec.doltDBRef.name must be given");
        if (clusters.Clusters.Get(name) is not { } cluster)
            return new ServerResolution.Unusable(SqlReasons.DoltDbNotFound, $"DoltDB {name} does not exist") { IsGone = true };
        var isDeleting = cluster.Metadata.DeletionTimestamp is not null;
        if (!await access.AllowsAsync(cluster.Spec?.AllowedNamespaces, otherwise: true, name.Namespace, ns, cancellationToken))
            return new ServerResolution.Unusable(SqlReasons.NotAllowed, $"DoltDB {name} does not allow objects of namespace {ns}: see its spec.allowedNamespaces") { IsDeleting = isDeleting };
        var administrator = await administrators.GetAsync(name, mayCreate: false, isRefused, cancellationToken);
        if (!administrator.State.IsUsable)
            return new ServerResolution.Unusable(SqlReasons.CredentialsUnavailable, administrator.State.Problem ?? "") { IsDeleting = isDeleting };
        if (cluster.Status?.CurrentPrimaryPodIndex is not { } ordinal || Primary(name, ordinal) is not { } primary || ClusterObserver.Endpoint(primary, cluster.Spec, administrator) is not { } endpoint)
            return new ServerResolution.Unusable(SqlReasons.PrimaryUnavailable, $"DoltDB {name} has no primary that runs") { IsDeleting = isDeleting };
        return new ServerResolution.Usable(new SqlServer
        {
            Key = ServerKeys.OfDoltDb(name),
            Engine = Engines.Dolt,
            Endpoint = new ServerEndpoint { Host = endpoint.Host, Port = endpoint.Port, User = endpoint.User, Password = endpoint.Password },
            Public = Public(cluster, name),
        }) { IsDeleting = isDeleting };
    }

    private Member? Primary(NamespacedName cluster, int ordinal)
    {
        var name = ClusterNames.Pod(cluster.Name, ordinal);
        var pod = clusters.Pods.Get(cluster with { Name = name });
        return pod is null ? null : new Member { Ordinal = ordinal, PodName = name, Pod = pod };
    }

    private static PublicEndpoint Public(DoltDb cluster, NamespacedName name)
    {
        var spec = cluster.Spec ?? new DoltDbSpec();
        var isReplicated = spec.IsReplicated();
        return new PublicEndpoint
        {
            Host = $"{(isReplicated ? ClusterNames.Primary(name.Name) : name.Name)}.{name.Namespace}.svc",
            ReaderHost = isReplicated ? $"{ClusterNames.Reader(name.Name)}.{name.Namespace}.svc" : null,
            Port = spec.SqlPort(),
            TlsMode = TlsMode.Disable,
        };
    }

    private async Task<ServerResolution> ResolveInstanceAsync(string ns, NamespacedName name, CancellationToken cancellationToken)
    {
        if (instances.Get(name) is not { } instance)
            return new ServerResolution.Unusable(SqlReasons.InstanceNotFound, $"ExternalInstance {name} does not exist") { IsGone = true };
        if (!await access.AllowsAsync(instance.Spec?.AllowedNamespaces, otherwise: false, name.Namespace, ns, cancellationToken))
            return new ServerResolution.Unusable(SqlReasons.NotAllowed, $"ExternalInstance {name} does not allow objects of namespace {ns}: see its spec.allowedNamespaces");
        return await DescribeAsync(instance, cancellationToken) with { IsDeleting = instance.Metadata.DeletionTimestamp is not null };
    }

    private async Task<ServerResolution> DescribeAsync(ExternalInstance instance, CancellationToken cancellationToken)
    {
        var (spec, name) = (instance.Spec ?? new ExternalInstanceSpec(), NamespacedName.Of(instance));
        var (jobDriver, problem) = Driver(name.Namespace, spec.Driver, spec.Engine);
        if (problem is not null)
            return new ServerResolution.Unusable(SqlReasons.DriverNotFound, problem);
        var (user, password) = await CredentialsAsync(name.Namespace, spec.AdminCredentials, cancellationToken);
        if (user.Problem is not null || password.Problem is not null)
            return new ServerResolution.Unusable(SqlReasons.CredentialsUnavailable, user.Problem ?? password.Problem!);
        var (tls, tlsProblem) = await TlsAsync(name.Namespace, spec.Tls, cancellationToken);
        if (tls is null)
            return new ServerResolution.Unusable(SqlReasons.CredentialsUnavailable, tlsProblem!);
        var port = spec.Port ?? Engines.Port(spec.Engine);
        return new ServerResolution.Usable(new SqlServer
        {
            Key = ServerKeys.OfInstance(name),
            Engine = spec.Engine ?? "",
            JobDriver = jobDriver,
            Parameters = spec.Parameters ?? [],
            Endpoint = new ServerEndpoint { Host = spec.Host ?? "", Port = port, User = user.Value!, Password = password.Value!, Tls = tls },
            Public = new PublicEndpoint { Host = spec.Host ?? "", Port = port, ReaderHost = spec.ReaderHost, TlsMode = tls.Mode, CertificateAuthorityPem = tls.CertificateAuthorityPem },
            TlsHint = spec.Tls is { Mode: not null } or { CaSecretKeyRef: not null } ? null : "spec.tls.mode is Require unless told otherwise: a server without TLS needs mode: Disable there",
        });
    }

    private async Task<ServerResolution> ResolveInlineAsync(string ns, DatabaseSpec database, CancellationToken cancellationToken)
    {
        var connect = database.Connect ?? [];
        var engine = Engines.Known(database.Driver);
        var (jobDriver, problem) = engine is null ? Driver(ns, database.Driver, null) : (null, null);
        if (problem is not null)
            return new ServerResolution.Unusable(SqlReasons.DriverNotFound, problem);
        var host = connect.GetValueOrDefault("host") ?? "";
        if (engine is not null && host.Length == 0)
            return Invalid("spec.connect.host must be given");
        if (Port(connect, engine) is not { } port)
            return Invalid("spec.connect.port must be a number between 1 and 65535");
        if (InlineTls(connect) is not { } mode)
            return Invalid("spec.connect.sslmode must be disable, require, verify-ca or verify-full");
        var (user, password) = await CredentialsAsync(ns, database.Credentials, cancellationToken);
        if (user.Problem is not null || password.Problem is not null)
            return new ServerResolution.Unusable(SqlReasons.CredentialsUnavailable, user.Problem ?? password.Problem!);
        return new ServerResolution.Usable(new SqlServer
        {
            Key = ServerKeys.Of(database, ns)!,
            Engine = engine ?? database.Driver!,
            JobDriver = jobDriver,
            Parameters = connect,
            Endpoint = new ServerEndpoint { Host = host, Port = port, User = user.Value!, Password = password.Value!, Tls = new ServerTls { Mode = mode } },
            Public = new PublicEndpoint { Host = host, Port = port, TlsMode = mode },
            TlsHint = connect.ContainsKey("sslmode") ? null : "spec.connect.sslmode is require unless told otherwise: a server without TLS needs sslmode: disable there",
        });
    }

    private static int? Port(Dictionary<string, string> connect, string? engine) => !connect.TryGetValue("port", out var text)
        ? Engines.Port(engine)
        : int.TryParse(text, out var port) && port is >= 1 and <= 65535 ? port : null;

    private static TlsMode? InlineTls(Dictionary<string, string> connect) => connect.GetValueOrDefault("sslmode") switch
    {
        "disable" => TlsMode.Disable,
        null or "require" => TlsMode.Require,
        "verify-ca" => TlsMode.VerifyCA,
        "verify-full" => TlsMode.VerifyIdentity,
        _ => null,
    };

    private (DatabaseDriver? Driver, string? Problem) Driver(string ns, string? name, string? engine)
    {
        if (name is null)
            return Engines.Known(engine) is null ? (null, $"the operator has no driver for engine {engine}: name a DatabaseDriver in spec.driver") : (null, null);
        if (drivers.Get(new NamespacedName(ns, name)) is not { } driver)
            return (null, $"DatabaseDriver {name} does not exist in namespace {ns}");
        return engine is null || driver.Spec?.Engines is not { Count: > 0 } served || served.Contains(engine, StringComparer.OrdinalIgnoreCase)
            ? (driver, null)
            : (null, $"DatabaseDriver {name} serves {string.Join(", ", served)}, not {engine}");
    }

    private async Task<(SecretText User, SecretText Password)> CredentialsAsync(string ns, InlineCredentials? credentials, CancellationToken cancellationToken) =>
        (await ReadAsync(ns, credentials?.Username, "username", cancellationToken), await ReadAsync(ns, credentials?.Password, "password", cancellationToken));

    private async Task<SecretText> ReadAsync(string ns, CredentialSource? source, string field, CancellationToken cancellationToken) => source switch
    {
        { Value: { Length: > 0 } value } => new SecretText { Value = value },
        { ValueFrom.SecretKeyRef: { } reference } => await secrets.ReadAsync(ns, reference.Name, reference.Key, cancellationToken),
        _ => new SecretText { Problem = $"the administrator's {field} must be given" },
    };

    private async Task<(ServerTls? Tls, string? Problem)> TlsAsync(string ns, InstanceTls? tls, CancellationToken cancellationToken)
    {
        string? authority = null, certificate = null, key = null;
        if (tls?.CaSecretKeyRef is { } reference)
        {
            var text = await secrets.ReadAsync(ns, reference.Name, reference.Key, cancellationToken);
            if (text.Problem is not null)
                return (null, text.Problem);
            authority = text.Value;
        }

        if (tls?.ClientSecretName is { } client)
        {
            var (shown, hidden) = (await secrets.ReadAsync(ns, client, "tls.crt", cancellationToken), await secrets.ReadAsync(ns, client, "tls.key", cancellationToken));
            if (shown.Problem is not null || hidden.Problem is not null)
                return (null, shown.Problem ?? hidden.Problem);
            (certificate, key) = (shown.Value, hidden.Value);
        }

        var mode = tls?.Mode is { } wanted ? Enum.Parse<TlsMode>(wanted) : authority is not null ? TlsMode.VerifyIdentity : TlsMode.Require;
        return (new ServerTls { Mode = mode, CertificateAuthorityPem = authority, ClientCertificatePem = certificate, ClientKeyPem = key }, null);
    }

    private static ServerResolution.Unusable Invalid(string message) => new(SqlReasons.InvalidSpec, message);
}
