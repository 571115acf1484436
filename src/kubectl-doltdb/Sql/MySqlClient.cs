using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DoltDB.Operator.Sql;

namespace DoltDB.Kubectl.Sql;

/// <summary>A session in the user's own <c>mysql</c> client. It gets the password through its environment, where no other user sees it.</summary>
internal static class MySqlClient
{
    /// <summary>
    /// The servers have no certificate. Clients of MariaDB ask for a verified one since 11.4, and only they read this section: those of MySQL
    /// encrypt when they can, and do not know the option.
    /// </summary>
    private const string Options = "[client-mariadb]\ndisable-ssl-verify-server-cert\n";

    /// <summary>Runs the client on this terminal until it ends, and returns its exit code.</summary>
    public static async Task<int> RunAsync(string mysql, DoltEndpoint endpoint, bool batch)
    {
        var options = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(options, Options, CancellationToken.None);
            using var process = Process.Start(Command(mysql, options, endpoint, batch)) ?? throw new PluginException($"{mysql} cannot be started");

            // Ctrl-C is the client's: it ends a statement there, not the session. What ends this program ends the client.
            using var ended = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => process.Kill());
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        finally
        {
            File.Delete(options);
        }
    }

    private static ProcessStartInfo Command(string mysql, string options, DoltEndpoint endpoint, bool batch)
    {
        var start = new ProcessStartInfo(mysql) { UseShellExecute = false };
        start.Environment["MYSQL_PWD"] = endpoint.Password;
        string[] arguments =
        [
            $"--defaults-extra-file={options}", $"--host={endpoint.Host}", string.Create(CultureInfo.InvariantCulture, $"--port={endpoint.Port}"), "--protocol=TCP",
            $"--user={endpoint.User}",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (batch)
            start.ArgumentList.Add("--batch");
        if (endpoint.Database is { } database)
            start.ArgumentList.Add($"--database={database}");
        return start;
    }
}
