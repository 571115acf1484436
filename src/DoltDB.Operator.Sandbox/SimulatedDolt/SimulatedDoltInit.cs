using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;

namespace DoltDB.Operator.Sandbox.SimulatedDolt;

/// <summary>
/// What the init container's script does with <c>dolt config</c> and <c>dolt sql</c>, without a dolt: global settings, the server's
/// configuration file, and the administrator's account on first use.
/// </summary>
internal static class SimulatedDoltInit
{
    // The Go operator's script has these as text in the script itself.
    private const string DefaultAuthor = "dolt kubernetes deployment";
    private const string DefaultEmail = "dolt@kubernetes.deployment";

    private const string ConfigDirectory = "/etc/doltdb";

    /// <summary>Prepares the data volume.</summary>
    /// <returns>The exit code of the container.</returns>
    public static int Run(string dataDirectory, IReadOnlyDictionary<string, string> environment, Func<string, string> resolvePath, DateTime now, Action<string> log)
    {
        foreach (var name in (string[])["POD_NAME", "DOLT_ROOT_PATH", "DOLT_USERNAME", "DOLT_PASSWORD"])
        {
            if (environment.ContainsKey(name)) continue;
            log($"{name}: parameter not set");
            return 2;
        }

        var source = resolvePath($"{ConfigDirectory}/{environment["POD_NAME"]}.yaml");
        if (!File.Exists(source))
        {
            log($"cp: cannot stat '{ConfigDirectory}/{environment["POD_NAME"]}.yaml': No such file or directory");
            return 1;
        }

        var settings = GlobalConfig.Load(resolvePath(environment["DOLT_ROOT_PATH"]));
        settings.Set(
            ("user.name", environment.GetValueOrDefault("COMMIT_AUTHOR_NAME") ?? DefaultAuthor),
            ("user.email", environment.GetValueOrDefault("COMMIT_AUTHOR_EMAIL") ?? DefaultEmail),
            ("metrics.disabled", environment.GetValueOrDefault("METRICS_DISABLED") ?? "true"),
            ("versioncheck.disabled", environment.GetValueOrDefault("METRICS_DISABLED") ?? "true"));
        File.Copy(source, Path.Combine(dataDirectory, "config.yaml"), overwrite: true);
        var primary = resolvePath($"{ConfigDirectory}/primary");
        if (File.Exists(primary) && !File.ReadLines(primary).Contains($"  primary: \"{environment["POD_NAME"]}\"") && settings[GlobalConfig.RoleKey] == "primary")
            settings.Set((GlobalConfig.RoleKey, "standby"));
        var privileges = Path.Combine(dataDirectory, ".doltcfg", "privileges.db");
        if (!File.Exists(privileges)) AccountFile.Save(privileges, Administrator(environment, now));
        return 0;
    }

    private static AccountSet Administrator(IReadOnlyDictionary<string, string> environment, DateTime now) => AccountSet.Empty.With(new Account
    {
        Name = new AccountName(environment["DOLT_USERNAME"], "%"),
        AuthenticationString = NativePassword.Hash(environment["DOLT_PASSWORD"]),
        PasswordChanged = now,
        Global = PrivilegeNames.AllGlobal | Privilege.GrantOption,
    });
}
