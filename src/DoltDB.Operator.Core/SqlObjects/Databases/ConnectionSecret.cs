using System.Globalization;
using System.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>Who connects. The text form holds no secret.</summary>
internal sealed record Login(string User, string Password)
{
    /// <inheritdoc/>
    public override string ToString() => User;
}

/// <summary>The Secret from which an application connects, with the keys of the Service Binding specification.</summary>
internal static class ConnectionSecret
{
    /// <summary>Name of the Secret of a Database.</summary>
    public static string Name(Database database) => database.Spec?.ConnectionSecret?.Name ?? database.Metadata.Name ?? "";

    /// <summary>The Secret as it should be.</summary>
    public static Secret Of(Database database, SqlServer server, Login login, OwnerReference owner)
    {
        var data = Data(database.Spec?.Name ?? "", server, login);
        return new Secret
        {
            Metadata = new ObjectMeta
            {
                Name = Name(database),
                Namespace = database.Metadata.Namespace,
                Labels = new(database.Spec?.ConnectionSecret?.Labels ?? []) { [ClusterLabels.ManagedBy] = ClusterLabels.OperatorName },
                OwnerReferences = [owner],
            },
            Type = $"servicebinding.io/{Engines.BindingType(server.Engine)}",
            Data = SecretData.Encode(data),
        };
    }

    /// <summary>Whether the live Secret says what the desired one says.</summary>
    public static bool IsAsDesired(Secret live, Secret desired) =>
        live.Type == desired.Type
        && (live.Data?.Count ?? 0) == desired.Data!.Count
        && desired.Data.All(pair => live.Data?.GetValueOrDefault(pair.Key) == pair.Value)
        && desired.Metadata.Labels!.All(pair => live.Metadata.Labels?.GetValueOrDefault(pair.Key) == pair.Value);

    private static Dictionary<string, string> Data(string database, SqlServer server, Login login)
    {
        var type = Engines.BindingType(server.Engine);
        var mode = SslMode(server.Public.TlsMode);
        var place = string.Create(CultureInfo.InvariantCulture, $"{Bracketed(server.Public.Host)}:{server.Public.Port}/{Escape(database)}");
        var (name, value) = type == "mysql" ? ("sslMode", JdbcMySqlMode(server.Public.TlsMode)) : ("sslmode", mode);
        var data = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["type"] = type,
            ["provider"] = server.Engine.ToLowerInvariant(),
            ["host"] = server.Public.Host,
            ["port"] = server.Public.Port.ToString(CultureInfo.InvariantCulture),
            ["database"] = database,
            ["username"] = login.User,
            ["password"] = login.Password,
            ["sslmode"] = mode,
            ["uri"] = $"{type}://{Escape(login.User)}:{Escape(login.Password)}@{place}{(type == "postgresql" ? $"?sslmode={mode}" : "")}",
            ["jdbc-url"] = $"jdbc:{type}://{place}?user={Escape(login.User)}&password={Escape(login.Password)}&{name}={value}",
        };
        if (server.Public.ReaderHost is { Length: > 0 } reader)
            data["reader-host"] = reader;
        if (server.Public.CertificateAuthorityPem is { } authority)
            data["ca.crt"] = authority;
        return data;
    }

    private static string SslMode(TlsMode mode) => mode switch
    {
        TlsMode.Disable => "disable",
        TlsMode.Require => "require",
        TlsMode.VerifyCA => "verify-ca",
        _ => "verify-full",
    };

    private static string JdbcMySqlMode(TlsMode mode) => mode switch
    {
        TlsMode.Disable => "DISABLED",
        TlsMode.Require => "REQUIRED",
        TlsMode.VerifyCA => "VERIFY_CA",
        _ => "VERIFY_IDENTITY",
    };

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
