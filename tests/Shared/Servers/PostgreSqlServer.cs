using System.Diagnostics;

namespace DoltDB.Operator.Testing.Servers;

/// <summary>A private PostgreSQL server in a temporary directory, on a free port of 127.0.0.1, with TLS. Logins need a password.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>Name in the certificate of the server.</summary>
    public const string CertificateName = "dolt.example";

    private const string Package = "postgresql";

    private readonly string _directory;
    private readonly Process _process;

    private PostgreSqlServer(string directory, Process process, int port, string authorityPem) =>
        (_directory, _process, Port, CertificateAuthorityPem) = (directory, process, port, authorityPem);

    /// <summary>Port on loopback.</summary>
    public int Port { get; }

    /// <summary>The authority that signed the certificate of the server.</summary>
    public string CertificateAuthorityPem { get; }

    /// <summary>Starts a server with a superuser.</summary>
    public static async Task<PostgreSqlServer> StartAsync(string superuser, string password)
    {
        var directory = Directory.CreateTempSubdirectory("postgresql-").FullName;
        string In(string name) => Path.Combine(directory, name);
        using var certificates = new TestCertificates();
        var (certificate, key) = certificates.Issue(CertificateName);
        await File.WriteAllTextAsync(In("ca.pem"), certificates.AuthorityPem);
        await File.WriteAllTextAsync(In("server.pem"), certificate);
        await File.WriteAllTextAsync(In("server.key"), key);
        await File.WriteAllTextAsync(In("password"), password);
        await LocalProcess.RunAsync("chmod", "600", In("server.key"));
        if (Environment.UserName == "root")
            await LocalProcess.RunAsync("chown", "-R", "postgres:", directory);
        var initdb = Find("initdb");
        var arguments = Unprivileged(initdb,
            ["-D", In("data"), "-U", superuser, $"--pwfile={In("password")}", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]);
        await LocalProcess.RunAsync(arguments[0], arguments[1..]);
        var port = LocalProcess.FindFreePort();
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={port}", $"unix_socket_directories={directory}", "fsync=off", "ssl=on", $"ssl_ca_file={In("ca.pem")}",
            $"ssl_cert_file={In("server.pem")}", $"ssl_key_file={In("server.key")}", "max_connections=200", "shared_buffers=32MB",
        ];
        var command = Unprivileged(Path.Combine(Path.GetDirectoryName(initdb)!, "postgres"), ["-D", In("data"), .. settings.SelectMany(setting => new[] { "-c", setting })]);
        var process = LocalProcess.Start(command[0], command[1..]);
        await LocalProcess.AwaitAsync(process, "postgres", token => Task.FromResult(IsReady(In("data"))));
        return new(directory, process, port, certificates.AuthorityPem);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await LocalProcess.EndAsync(_process);
        Directory.Delete(_directory, recursive: true);
    }

    // The last line of this file says what the server is about to do.
    private static bool IsReady(string data) =>
        File.Exists(Path.Combine(data, "postmaster.pid")) && File.ReadAllText(Path.Combine(data, "postmaster.pid")).TrimEnd().EndsWith("ready", StringComparison.Ordinal);

    // Debian keeps the programs of each version in a folder of its own.
    private static string Find(string program)
    {
        string[] versions = Directory.Exists("/usr/lib/postgresql") ? [.. Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal)] : [];
        return LocalProcess.Find(program, Package, [.. versions.Select(version => Path.Combine(version, "bin"))]);
    }

    /// <summary>PostgreSQL does not run as root.</summary>
    private static string[] Unprivileged(string program, IEnumerable<string> arguments) => Environment.UserName == "root"
        ? [LocalProcess.Find("setpriv", "util-linux"), "--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments]
        : [program, .. arguments];
}
