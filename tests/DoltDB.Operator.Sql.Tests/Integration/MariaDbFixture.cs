using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Sql.Tests.Integration;

/// <summary>A private MariaDB server in a temporary directory, on a free port of 127.0.0.1, with TLS.</summary>
public sealed class MariaDbFixture : IAsyncLifetime
{
    private const string InstallHint = "mariadbd is missing: apt-get install -y mariadb-server";
    private static readonly TimeSpan s_startDeadline = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("mariadb-").FullName;
    private readonly int _port = FindFreePort();
    private Process? _server;

    public string CertificateAuthorityPem { get; private set; } = "";

    public DoltEndpoint Endpoint => new() { Host = "127.0.0.1", Port = _port, User = "tester", Password = "t3ster-secret" };

    public async ValueTask InitializeAsync()
    {
        WriteCertificates();
        await File.WriteAllTextAsync(Path("init.sql"), """
            CREATE USER 'tester'@'127.0.0.1' IDENTIFIED BY 't3ster-secret';
            GRANT ALL ON *.* TO 'tester'@'127.0.0.1' WITH GRANT OPTION;
            CREATE DATABASE db1;
            DELETE FROM mysql.global_priv WHERE Host NOT IN ('localhost', '127.0.0.1');
            """);
        using (var install = Start(Find("mariadb-install-db"), "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db",
            $"--datadir={Path("data")}", RunAsOwner))
        {
            await install.WaitForExitAsync(new CancellationTokenSource(s_startDeadline, TimeProvider.System).Token);
            install.ExitCode.ShouldBe(0);
        }

        _server = Start(Find("mariadbd"), "--no-defaults", $"--datadir={Path("data")}", $"--port={_port}", "--bind-address=127.0.0.1",
            $"--socket={Path("sock")}", "--skip-name-resolve", "--max-allowed-packet=256M", $"--init-file={Path("init.sql")}",
            $"--ssl-ca={Path("ca.pem")}", $"--ssl-cert={Path("server.pem")}", $"--ssl-key={Path("server.key")}", RunAsOwner);
        await WaitUntilReadyAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string RunAsOwner => $"--user={Environment.UserName}";

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Find(string program)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/bin", "/usr/local/bin"];
        return folders.Select(folder => System.IO.Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(InstallHint);
    }

    // The output goes nowhere: a pipe that nobody reads would stop the server.
    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]))
        ?? throw new InvalidOperationException($"{program} did not start");

    private string Path(string name) => System.IO.Path.Combine(_directory, name);

    private async Task WaitUntilReadyAsync(Process server)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (TimeProvider.System.GetElapsedTime(start) < s_startDeadline)
        {
            server.HasExited.ShouldBeFalse("mariadbd stopped");
            try
            {
                await using var connection = await new DoltConnector(TimeProvider.System).ConnectAsync(Endpoint, TimeSpan.FromSeconds(5), default);
                return;
            }
            catch (Exception exception) when (exception is IOException or DoltException or TimeoutException)
            {
                await timer.WaitForNextTickAsync();
            }
        }

        throw new TimeoutException($"mariadbd let nobody in within {s_startDeadline.TotalSeconds} s");
    }

    private void WriteCertificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serverRequest = new CertificateRequest("CN=dolt.example", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("dolt.example");
        serverRequest.CertificateExtensions.Add(names.Build());
        using var server = serverRequest.Create(authority, now.AddHours(-1), now.AddMinutes(50), [1, 2, 3]);

        CertificateAuthorityPem = authority.ExportCertificatePem();
        File.WriteAllText(Path("ca.pem"), CertificateAuthorityPem);
        File.WriteAllText(Path("server.pem"), server.ExportCertificatePem());
        File.WriteAllText(Path("server.key"), serverKey.ExportPkcs8PrivateKeyPem());
    }
}
