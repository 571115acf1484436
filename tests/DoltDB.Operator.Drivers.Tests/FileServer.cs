using DoltDB.Operator.Drivers;
using DoltDB.Operator.Drivers.Conformance;
using FileDriver;

namespace DoltDB.Operator.Drivers.Tests;

/// <summary>A directory server with an administrator.</summary>
internal sealed class FileServer : IDisposable
{
    public const string AdminPassword = "the-admin-secret";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("file-server-");

    public string Path => directory.FullName;

    /// <summary>The program of the sample.</summary>
    public static string Program { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "file-driver");

    public static async Task<FileServer> StartAsync(CancellationToken cancellationToken, string password = AdminPassword)
    {
        var server = new FileServer();
        await DirectoryServer.InitializeAsync(server.Path, new DriverAccount("admin", password), cancellationToken);
        return server;
    }

    public bool HasDatabase(string name) => File.Exists(System.IO.Path.Combine(Path, "databases", name, "database.json"));

    public bool HasAccount(string user) => File.Exists(System.IO.Path.Combine(Path, "accounts", user + ".json"));

    public ConformanceTarget Target => new()
    {
        Engine = "file",
        Administrator = new DriverAccount("admin", AdminPassword),
        Parameters = new Dictionary<string, string> { ["path"] = Path, ["backupPath"] = System.IO.Path.Combine(Path, "backups") },
        HasDatabase = (name, _) => Task.FromResult(HasDatabase(name)),
    };

    public DriverRequest Request(DriverOperation operation) => new()
    {
        Operation = operation,
        Engine = "file",
        Database = "shop",
        Parameters = Target.Parameters,
        Administrator = Target.Administrator,
        Owner = new DriverAccount("shop", "the-owner-secret"),
        Charset = "utf8mb4",
        Backup = operation == DriverOperation.Backup ? "nightly" : null,
        ObjectName = "shop",
        Namespace = "default",
    };

    public void Dispose() => directory.Delete(recursive: true);
}
