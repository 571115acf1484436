namespace DoltDB.Operator.Drivers;

/// <summary>
/// Manages databases of one engine. Both methods are idempotent: they are called again after a crash at any point, after a success whose
/// report was lost, and whenever something in the request changed. Look first, change only what differs.
/// </summary>
/// <remarks>
/// Throw <see cref="DriverException"/> for what you can name. Anything else that is thrown is reported too and tried again. Messages go into the
/// status of a Kubernetes object: the passwords of the request are removed from them, other secrets are yours to keep out.
/// </remarks>
public interface IDriver
{
    /// <summary>Makes the database be there as described, and its owner, with that password and all rights on the database.</summary>
    Task<DriverResult> CreateAsync(DriverRequest request, CancellationToken cancellationToken);

    /// <summary>Drops the database with all that is in it, and its owner. What is not there is no error.</summary>
    Task<DriverResult> DropAsync(DriverRequest request, CancellationToken cancellationToken);
}

/// <summary>A driver that can also copy a database away.</summary>
public interface IBackupDriver : IDriver
{
    /// <summary>
    /// Copies the database to where <see cref="DriverRequest.Parameters"/> say. A backup of the name <see cref="DriverRequest.Backup"/> that is
    /// complete is reported again, one that is not is made anew.
    /// </summary>
    Task<BackupResult> BackupAsync(DriverRequest request, CancellationToken cancellationToken);
}
