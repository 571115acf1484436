using System.Formats.Tar;
using System.Text.Json;
using DoltDB.Operator.Drivers;

namespace FileDriver;

/// <summary>
/// A "server" that is a directory: <c>server.json</c> says its version and who administers it, <c>databases/NAME/database.json</c> is a
/// database, <c>accounts/USER.json</c> an account. Files appear whole or not at all, so that a crash leaves nothing half-written.
/// </summary>
internal sealed class DirectoryServer
{
    private readonly string root;

    private DirectoryServer(string root, string version) => (this.root, Version) = (root, version);

    /// <summary>Version of the server.</summary>
    public string Version { get; }

    /// <summary>Makes a server, or gives one another administrator.</summary>
    public static Task InitializeAsync(string root, DriverAccount administrator, CancellationToken cancellationToken) => WriteAsync(
        Path.Combine(root, "server.json"),
        new ServerMetadata("1.0", new AccountMetadata(administrator.User, PasswordHash.Of(administrator.Password))),
        ServerJson.Default.ServerMetadata,
        cancellationToken);

    /// <summary>Opens the server as its administrator.</summary>
    /// <exception cref="DriverException">There is no server, or it refuses the login.</exception>
    public static async Task<DirectoryServer> LogInAsync(string root, DriverAccount administrator, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, "server.json");
        if (await ReadAsync(path, ServerJson.Default.ServerMetadata, cancellationToken) is not { } server)
            throw new DriverException(DriverError.Unreachable, $"there is no server at {root}: it has no server.json");
        if (server.Administrator?.User != administrator.User || !server.Administrator.Password.Fits(administrator.Password))
            throw new DriverException(DriverError.AccessDenied, $"the server at {root} refused the login of {administrator.User}");
        return new DirectoryServer(root, server.Version ?? "0");
    }

    /// <summary>Makes the account be there with that password; true when something was changed.</summary>
    public async Task<bool> EnsureAccountAsync(DriverAccount account, CancellationToken cancellationToken)
    {
        var path = AccountFile(account.User);
        if (await ReadAsync(path, ServerJson.Default.AccountMetadata, cancellationToken) is { } present && present.Password.Fits(account.Password))
            return false;
        await WriteAsync(path, new AccountMetadata(account.User, PasswordHash.Of(account.Password)), ServerJson.Default.AccountMetadata, cancellationToken);
        return true;
    }

    /// <summary>Makes the database be as described; true when something was changed.</summary>
    public async Task<bool> EnsureDatabaseAsync(DatabaseMetadata database, CancellationToken cancellationToken)
    {
        var path = Path.Combine(DatabaseDirectory(database.Name), "database.json");
        if (await ReadAsync(path, ServerJson.Default.DatabaseMetadata, cancellationToken) == database)
            return false;
        await WriteAsync(path, database, ServerJson.Default.DatabaseMetadata, cancellationToken);
        return true;
    }

    /// <summary>Removes the database; false when there was none.</summary>
    public bool DropDatabase(string name)
    {
        if (!Directory.Exists(DatabaseDirectory(name)))
            return false;
        Directory.Delete(DatabaseDirectory(name), recursive: true);
        return true;
    }

    /// <summary>Removes the account; false when there was none.</summary>
    public bool DropAccount(string user)
    {
        if (!File.Exists(AccountFile(user)))
            return false;
        File.Delete(AccountFile(user));
        return true;
    }

    /// <summary>Copies the database into one file, unless the backup of that name is complete; returns its path.</summary>
    /// <exception cref="DriverException">There is no such database.</exception>
    public async Task<string> BackUpAsync(string database, string backup, string directory, CancellationToken cancellationToken)
    {
        var source = DatabaseDirectory(database);
        if (!Directory.Exists(source))
            throw new DriverException(DriverError.Refused, $"there is no database {database}");
        var target = Path.GetFullPath(Path.Combine(directory, backup + ".tar"));
        if (File.Exists(target))
            return target;
        Directory.CreateDirectory(directory);
        await TarFile.CreateFromDirectoryAsync(source, target + ".part", includeBaseDirectory: false, cancellationToken);
        File.Move(target + ".part", target, overwrite: true);
        return target;
    }

    private string DatabaseDirectory(string name) => Path.Combine(root, "databases", name);

    private string AccountFile(string user) => Path.Combine(root, "accounts", user + ".json");

    private static async Task<T?> ReadAsync<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!File.Exists(path))
            return null;
        await using var file = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync(file, type, cancellationToken);
    }

    private static async Task WriteAsync<T>(string path, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path + ".new", JsonSerializer.SerializeToUtf8Bytes(value, type), cancellationToken);
        File.Move(path + ".new", path, overwrite: true);
    }
}
