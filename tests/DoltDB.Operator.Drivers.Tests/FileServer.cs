using System.Text.Json;
using DoltDB.Operator.Drivers;
using DoltDB.Operator.Drivers.Conformance;
using FileDriver;

namespace DoltDB.Operator.Drivers.Tests;

/// <summary>A directory server with an administrator.</summary>
internal sealed class FileServer : IDisposable
{
    public const string AdminPassword = "the-admin-secret";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("file-server-");

    public FileServer() => File.WriteAllText(
        System.IO.Path.Combine(Path, "server.json"),
        JsonSerializer.Serialize(new ServerMetadata("1.0", new AccountMetadata("admin", PasswordHash.Of(AdminPassword))), ServerJson.Default.ServerMetadata));

    public string Path => directory.FullName;

    /// <summary>The program of the sample.</summary>
    public static DriverProcess Process { get; } = new([System.IO.Path.Combine(AppContext.BaseDirectory, "file-driver")], TimeProvider.System);

    public ConformanceTarget Target => new()
    {
        Engine = "file",
        Administrator = new DriverAccount("admin", AdminPassword),
        Parameters = new Dictionary<string, string> { ["path"] = Path, ["backupPath"] = System.IO.Path.Combine(Path, "backups") },
        HasDatabase = (name, _) => Task.FromResult(File.Exists(System.IO.Path.Combine(Path, "databases", name, "database.json"))),
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
