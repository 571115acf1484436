using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>
/// Reads kubeconfig files. Of several files, the first that names a context, cluster or user decides. What this program cannot
/// honour (proxies, impersonation, basic authentication, built-in cloud providers) is refused instead of ignored.
/// </summary>
internal static class KubeconfigLoader
{
    private static readonly string[] RefusedForUsers = ["username", "password", "auth-provider", "as", "as-uid", "as-groups", "as-user-extra"];

    /// <summary>The configuration of a context; the current one when none is named.</summary>
    public static KubernetesClientConfiguration Load(IReadOnlyList<string> files, string? contextName, TimeProvider time)
    {
        var roots = files.Select(KubeconfigField.Read).ToArray();
        var all = string.Join(Path.PathSeparator, files);
        contextName ??= roots.Select(root => root.Text("current-context")).FirstOrDefault(name => name is not null)
            ?? throw new KubeconfigException($"{all}: current-context: is missing, and no context was named");
        var context = Find(roots, "contexts", "context", contextName, all);
        var cluster = Find(roots, "clusters", "cluster", context.Required("cluster").Text(), all);
        var server = ReadServer(cluster);
        var authorities = ReadAuthorities(cluster);
        return new KubernetesClientConfiguration
        {
            Server = server,
            Namespace = context.Text("namespace") ?? "default",
            CertificateAuthorities = authorities,
            SkipTlsVerify = cluster.Flag("insecure-skip-tls-verify"),
            TlsServerName = cluster.Text("tls-server-name"),
            Credentials = context.Text("user") is { } user
                ? ReadCredentials(Find(roots, "users", "user", user, all), cluster, time)
                : new FixedCredentials(null, null),
            Source = $"context {contextName} of {all}",
        };
    }

    private static KubeconfigField Find(KubeconfigField[] roots, string list, string member, string name, string all)
    {
        foreach (var element in roots.SelectMany(root => root.Elements(list)))
        {
            if (element.Text("name") == name)
                return element.Required(member);
        }

        throw new KubeconfigException($"{all}: {list}: there is none named {name}");
    }

    private static Uri ReadServer(KubeconfigField cluster)
    {
        if (cluster.Member("proxy-url") is { } proxy)
            throw proxy.Wrong("proxies are not supported");
        var field = cluster.Required("server");
        return Uri.TryCreate(field.Text(), UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
            ? server
            : throw field.Wrong($"is no http or https address: {field.Text()}");
    }

    private static X509Certificate2Collection? ReadAuthorities(KubeconfigField cluster)
    {
        if (ReadPem(cluster, "certificate-authority") is not { } pem)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem.Text);
        }
        catch (CryptographicException exception)
        {
            throw pem.Field.Wrong($"holds no certificates in PEM form: {exception.Message}", exception);
        }

        return authorities.Count > 0 ? authorities : throw pem.Field.Wrong("holds no certificates in PEM form");
    }

    private static IClientCredentials ReadCredentials(KubeconfigField user, KubeconfigField cluster, TimeProvider time)
    {
        foreach (var refused in RefusedForUsers)
        {
            if (user.Member(refused) is { } field)
                throw field.Wrong("is not supported");
        }

        var certificate = ReadClientCertificate(user);
        if (user.Text("token") is { } token)
            return new FixedCredentials(token, certificate);
        if (user.FilePath("tokenFile") is { } file)
            return File.Exists(file) ? new TokenFileCredentials(file, certificate, time) : throw user.Required("tokenFile").Wrong($"there is no file {file}");
        return user.Member("exec") is { } exec ? new ExecCredentials(ReadPlugin(exec, cluster), time) : new FixedCredentials(null, certificate);
    }

    private static X509Certificate2? ReadClientCertificate(KubeconfigField user)
    {
        var certificate = ReadPem(user, "client-certificate");
        var key = ReadPem(user, "client-key");
        if (certificate is null && key is null)
            return null;
        if (certificate is null)
            throw key!.Field.Wrong("there is a client-key but no client-certificate");
        if (key is null)
            throw certificate.Field.Wrong("there is a client-certificate but no client-key");
        try
        {
            return X509Certificate2.CreateFromPem(certificate.Text, key.Text);
        }
        catch (CryptographicException exception)
        {
            throw certificate.Field.Wrong($"the client certificate and its key cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>PEM text from NAME-data (base64) or, without it, from the file that NAME names.</summary>
    private static Pem? ReadPem(KubeconfigField map, string name)
    {
        if (map.Member(name + "-data") is { } data)
        {
            try
            {
                return new Pem(Encoding.UTF8.GetString(Convert.FromBase64String(data.Text())), data);
            }
            catch (FormatException exception)
            {
                throw data.Wrong("is not base64", exception);
            }
        }

        if (map.FilePath(name) is not { } path)
            return null;
        var field = map.Required(name);
        try
        {
            return new Pem(File.ReadAllText(path), field);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw field.Wrong(exception.Message, exception);
        }
    }

    private static ExecPlugin ReadPlugin(KubeconfigField exec, KubeconfigField cluster)
    {
        var version = exec.Required("apiVersion");
        if (version.Text() is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
            throw version.Wrong($"is not supported: {version.Text()}");
        if (exec.Text("interactiveMode") == "Always")
            throw exec.Required("interactiveMode").Wrong("a plugin that asks its user is not supported");
        var command = exec.Required("command").Text();

        // As for every other path, relative means relative to the file; a bare name is looked up in PATH.
        if (command.Contains('/', StringComparison.Ordinal))
            command = Path.Combine(exec.Directory, command);
        return new ExecPlugin(
            command,
            [.. exec.Elements("args").Select(argument => argument.Text())],
            exec.Elements("env").ToDictionary(variable => variable.Required("name").Text(), variable => variable.Required("value").Text()),
            version.Text(),
            exec.Text("installHint"),
            exec.Flag("provideClusterInfo") ? ReadClusterInfo(cluster) : null,
            exec.Where);
    }

    private static ExecClusterInfo ReadClusterInfo(KubeconfigField cluster) => new(
        cluster.Required("server").Text(),
        cluster.Text("tls-server-name"),
        cluster.Flag("insecure-skip-tls-verify"),
        ReadPem(cluster, "certificate-authority") is { } pem ? Convert.ToBase64String(Encoding.UTF8.GetBytes(pem.Text)) : null);

    private sealed record Pem(string Text, KubeconfigField Field);
}
