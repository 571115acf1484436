namespace DoltDB.Operator.Drivers;

/// <summary>What --help prints.</summary>
internal static class DriverHelp
{
    public static string Text(IReadOnlyDictionary<string, IDriver> drivers) =>
        $"""
        A database driver of the DoltDB operator. It takes no arguments: the operator runs it as a Job and tells it by its environment and files
        what to do.

        Engines:
        {string.Join(Environment.NewLine, drivers.Select(static driver => $"  {driver.Key}: create, drop{(driver.Value is IBackupDriver ? ", backup" : "")}"))}

        Environment:
          {DriverInput.OperationVariable}  create, drop or backup ({DriverInput.ActionVariable} is the same)
          {DriverInput.DatabaseVariable}   name of the Database object
          {DriverInput.NamespaceVariable}  its namespace
          {DriverInput.BackupVariable}     name of the backup, for backups
          {DriverInput.InputVariable}      directory of the input; {DriverInput.DefaultInput} when not set
          {DriverInput.ResultVariable}     file for the result; {DriverInput.DefaultResult} when not set

        Input: request.json, and each in a file of its own admin-username, admin-password, owner-username, owner-password, ca.crt, tls.crt, tls.key.
        Result: one JSON object with result (ok or failed), error, message, version; for backups location, bytes, sha256.
        Exit codes: 0 done, 64 usage, 65 invalid, 69 unreachable, 70 failed, 75 try again, 77 access denied, 78 configuration.
        """;
}
