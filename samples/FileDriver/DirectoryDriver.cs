using System.Security.Cryptography;
using DoltDB.Operator.Drivers;

namespace FileDriver;

/// <summary>Manages the "databases" of a directory server: reads well as a pattern for a driver of a real engine.</summary>
internal sealed class DirectoryDriver : IBackupDriver
{
    private const int LongestName = 64;

    /// <inheritdoc/>
    public async Task<DriverResult> CreateAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        RefuseBadName(request.Database, "database");
        if (request.Owner is { } named)
            RefuseBadName(named.User, "owner");
        var server = await LogInAsync(request, cancellationToken);
        var metadata = new DatabaseMetadata(request.Database, request.Owner?.User, request.Charset, request.Collation);

        // The account first: a database never names an owner who is not there.
        var changed = request.Owner is { } owner && await server.EnsureAccountAsync(owner, cancellationToken);
        changed |= await server.EnsureDatabaseAsync(metadata, cancellationToken);
        return new DriverResult(changed ? $"database {request.Database} is made as described" : $"database {request.Database} was as described") { Version = server.Version };
    }

    /// <inheritdoc/>
    public async Task<DriverResult> DropAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        // No database of such a name was ever made, and none must be looked for outside the directory.
        if (Problem(request.Database) is not null)
            return new DriverResult($"there is no database {request.Database}");
        var server = await LogInAsync(request, cancellationToken);
        var existed = server.DropDatabase(request.Database);
        if (request.Owner is { } owner && Problem(owner.User) is null)
            existed |= server.DropAccount(owner.User);
        return new DriverResult(existed ? $"database {request.Database} is dropped" : $"there was no database {request.Database}") { Version = server.Version };
    }

    /// <inheritdoc/>
    public async Task<BackupResult> BackupAsync(DriverRequest request, CancellationToken cancellationToken)
    {
        RefuseBadName(request.Database, "database");
        RefuseBadName(request.Backup ?? "", "backup");
        var server = await LogInAsync(request, cancellationToken);
        var file = await server.BackUpAsync(request.Database, request.Backup!, request.Required("backupPath"), cancellationToken);
        await using var content = File.OpenRead(file);
        var checksum = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        return new BackupResult($"database {request.Database} is backed up", new Uri(file).AbsoluteUri) { Version = server.Version, Bytes = content.Length, Sha256 = checksum };
    }

    private static Task<DirectoryServer> LogInAsync(DriverRequest request, CancellationToken cancellationToken) =>
        DirectoryServer.LogInAsync(request.Required("path"), request.RequiredAdministrator(), cancellationToken);

    private static void RefuseBadName(string name, string what)
    {
        if (Problem(name) is { } problem)
            throw new DriverException(DriverError.Invalid, $"{what} name {name}: {problem}");
    }

    private static string? Problem(string name) => name switch
    {
        "" => "it is empty",
        { Length: > LongestName } => $"it has more than {LongestName} characters",
        _ when !name.All(static character => char.IsAsciiLetterOrDigit(character) || character == '_') => "it has other characters than letters, digits and underscores",
        _ => null,
    };
}
