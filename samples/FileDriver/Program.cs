using DoltDB.Operator.Drivers;
using FileDriver;

// A server to try the driver on: "file-driver init DIRECTORY USER", the password on standard input.
if (args is ["init", var directory, var user])
{
    await DirectoryServer.InitializeAsync(directory, new DriverAccount(user, await Console.In.ReadToEndAsync()), CancellationToken.None);
    return DriverExitCode.Ok;
}

return await new DriverHost().Serve("file", new DirectoryDriver()).RunAsync(args);
