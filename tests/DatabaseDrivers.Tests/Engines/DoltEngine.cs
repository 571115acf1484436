using System.Diagnostics;
using System.Net;
using System.Text;
using DoltDB.Operator.Sandbox.SimulatedDolt;
using DoltDB.Operator.Sql;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Sql.Drivers.Dolt;
using DoltDB.Operator.Testing.Servers;

namespace DatabaseDrivers.Tests.Engines;

/// <summary>The Dolt whose program the environment variable DOLT names; without one the simulated server.</summary>
public class DoltEngine : TestEngine
{
    private const string RootPassword = "r00t-secret";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dolt-drivers-");
    private readonly DoltDriver _driver = new(new DriverOptions(), TimeProvider.System);
    private readonly TestCertificates _certificates = new();
    private readonly int _port = LocalProcess.FindFreePort();
    private SimulatedDoltServer? _simulated;
    private Process? _process;

    public sealed override string Engine => "Dolt";

    public override IDatabaseDriver Driver => _driver;

    public override ServerEndpoint Server => new() { Host = "127.0.0.1", Port = _port, User = "root", Password = RootPassword };

    public override string CertificateAuthorityPem => _certificates.AuthorityPem;

    public override int LongestUserName => 32;

    public override (string Charset, string Collation, string OtherCollation) Encoding => ("utf8mb4", "utf8mb4_0900_ai_ci", "utf8mb4_general_ci");

    public override async ValueTask InitializeAsync()
    {
        var (certificate, key) = _certificates.Issue(MariaDbServer.CertificateName);
        await File.WriteAllTextAsync(In("server.pem"), certificate);
        await File.WriteAllTextAsync(In("server.key"), key);
        var yaml = $"listener:\n  host: 127.0.0.1\n  port: {_port}\n  tls_cert: {In("server.pem")}\n  tls_key: {In("server.key")}\n";
        if (Environment.GetEnvironmentVariable("DOLT") is { Length: > 0 } dolt && !LosesPasswordHashes)
            await StartRealAsync(dolt, yaml);
        else
            StartSimulated(yaml);
    }

    public override async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync();
        _simulated?.Kill();
        await LocalProcess.EndAsync(_process);
        _certificates.Dispose();
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    public override Task<ITestSession> LoginAsync(string user, string password, string? database = null, bool encrypted = false) =>
        MySqlProtocolSession.LoginAsync(Server, user, password, database, encrypted);

    public override string Table(string database, string table) => $"{SqlQuoting.Identifier(database)}.{SqlQuoting.Identifier(table)}";

    public override async Task<string> ReadFingerprintAsync()
    {
        await using var session = (MySqlProtocolSession)await LoginAsAdministratorAsync();
        return await MySqlFingerprint.ReadAsync(session);
    }

    public override Task CreateRoleAsync(string role) => throw new NotSupportedException("the operator manages no roles in Dolt");

    public override Task GrantSelectAsync(string grantee, string database) => throw new NotSupportedException("the operator manages no roles in Dolt");

    /// <summary>Whether the server is a simulated one of the time before the end of 2024, which stores no given hash.</summary>
    protected virtual bool LosesPasswordHashes => false;

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private Dictionary<string, string> Environments() => new(StringComparer.Ordinal)
    {
        ["DOLT_ROOT_PATH"] = _directory.FullName,
        ["DOLT_ROOT_HOST"] = "%",
        ["DOLT_ROOT_PASSWORD"] = RootPassword,
    };

    private void StartSimulated(string yaml) => _simulated = SimulatedDoltServer.Start(new SimulatedDoltOptions
    {
        HostName = "dolt",
        WorkingDirectory = _directory.FullName,
        ConfigYaml = yaml,
        Environment = Environments(),
        Address = IPAddress.Loopback,
        EngineVersion = "1.57.2-simulated",
        LosesPasswordHashes = LosesPasswordHashes,
        Network = new SimulatedNetwork(TimeProvider.System),
        Clock = TimeProvider.System,
        Log = _ => { },
    });

    private async Task StartRealAsync(string dolt, string yaml)
    {
        await File.WriteAllTextAsync(In("config.yaml"), yaml);
        Directory.CreateDirectory(In(".dolt"));
        await File.WriteAllTextAsync(In(".dolt/config_global.json"),
            """{"metrics.disabled":"true","versioncheck.disabled":"true","user.name":"tester","user.email":"tester@example.com"}""");
        var start = new StringBuilder($"cd {_directory.FullName} && exec");
        start.Append(" env");
        foreach (var (name, value) in Environments())
            start.Append($" {name}={value}");
        _process = LocalProcess.Start("/bin/sh", "-c", $"{start} {dolt} sql-server --config config.yaml");
        await LocalProcess.AwaitAsync(_process, "dolt", token => LocalProcess.IsGreetingAsync(_port, token));
    }
}

/// <summary>A simulated Dolt of the time before the end of 2024.</summary>
public sealed class OldDoltEngine : DoltEngine
{
    protected override bool LosesPasswordHashes => true;
}
