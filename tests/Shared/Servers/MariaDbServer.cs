using System.Diagnostics;

namespace DoltDB.Operator.Testing.Servers;

/// <summary>A private MariaDB server in a temporary directory, on a free port of 127.0.0.1, with TLS.</summary>
public sealed class MariaDbServer : IAsyncDisposable
{
    private const string Package = "mariadb-server";

    private readonly string _directory;
    private readonly Process _process;

    private MariaDbServer(string directory, Process process, int port, string authorityPem) =>
        (_directory, _process, Port, CertificateAuthorityPem) = (directory, process, port, authorityPem);

    /// <summary>Name in the certificate of the server.</summary>
    public const string CertificateName = "dolt.example";

    /// <summary>Port on loopback.</summary>
    public int Port { get; }

    /// <summary>The authority that signed the certificate of the server.</summary>
    public string CertificateAuthorityPem { get; }

    /// <summary>Starts a server that has run the statements.</summary>
    public static async Task<MariaDbServer> StartAsync(string statements)
    {
        var directory = Directory.CreateTempSubdirectory("mariadb-").FullName;
        string In(string name) => Path.Combine(directory, name);
        using var certificates = new TestCertificates();
        var (certificate, key) = certificates.Issue(CertificateName);
        await File.WriteAllTextAsync(In("ca.pem"), certificates.AuthorityPem);
        await File.WriteAllTextAsync(In("server.pem"), certificate);
        await File.WriteAllTextAsync(In("server.key"), key);
        await File.WriteAllTextAsync(In("init.sql"), statements);
        await LocalProcess.RunAsync(LocalProcess.Find("mariadb-install-db", Package),
            "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", $"--datadir={In("data")}", RunAsOwner);
        var port = LocalProcess.FindFreePort();
        var process = LocalProcess.Start(LocalProcess.Find("mariadbd", Package),
            "--no-defaults", $"--datadir={In("data")}", $"--port={port}", "--bind-address=127.0.0.1", $"--socket={In("sock")}", "--skip-name-resolve",
            "--max-allowed-packet=256M", $"--init-file={In("init.sql")}", $"--ssl-ca={In("ca.pem")}", $"--ssl-cert={In("server.pem")}",
            $"--ssl-key={In("server.key")}", RunAsOwner);
        await LocalProcess.AwaitAsync(process, "mariadbd", token => LocalProcess.IsGreetingAsync(port, token));
        return new(directory, process, port, certificates.AuthorityPem);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await LocalProcess.EndAsync(_process);
        Directory.Delete(_directory, recursive: true);
    }

    private static string RunAsOwner => $"--user={Environment.UserName}";
}
