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

    private const string PrimaryFile = "/etc/doltdb-primary/primary";

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
        var config = File.ReadAllText(source);
        File.WriteAllText(Path.Combine(dataDirectory, "config.yaml"), IsOurs(environment) ? BeginningAsStandby(config) : config);
        if (IsOurs(environment) && config.Split('\n').Any(IsCluster) && IsSomebodyElse(resolvePath(PrimaryFile), environment["POD_NAME"]) && settings[GlobalConfig.RoleKey] == "primary")
            settings.Set((GlobalConfig.RoleKey, "standby"));
        var privileges = Path.Combine(dataDirectory, ".doltcfg", "privileges.db");
        if (!File.Exists(privileges)) AccountFile.Save(privileges, Administrator(environment, now));
        return 0;
    }

    private static bool IsOurs(IReadOnlyDictionary<string, string> environment) => environment.ContainsKey("COMMIT_AUTHOR_NAME");

    private static bool IsCluster(string line) => line.StartsWith("cluster:", StringComparison.Ordinal);

    private static string BeginningAsStandby(string config) => string.Join('\n', config.Split('\n')
        .Where(static line => !line.StartsWith("  bootstrap_role:", StringComparison.Ordinal) && !line.StartsWith("  bootstrap_epoch:", StringComparison.Ordinal))
        .Select(static line => IsCluster(line) ? line + "\n  bootstrap_role: standby\n  bootstrap_epoch: 0" : line));

    /// <summary>Without the file nobody can know; with an empty one nobody knows yet, and the server keeps the role that it remembers.</summary>
    private static bool IsSomebodyElse(string file, string pod) => !File.Exists(file) || (File.ReadAllText(file).TrimEnd('\n') is { Length: > 0 } primary && primary != pod);

    private static AccountSet Administrator(IReadOnlyDictionary<string, string> environment, DateTime now) => AccountSet.Empty.With(new Account
    {
        Name = new AccountName(environment["DOLT_USERNAME"], "%"),
        AuthenticationString = NativePassword.Hash(environment["DOLT_PASSWORD"]),
        PasswordChanged = now,
        Global = PrivilegeNames.AllGlobal | Privilege.GrantOption,
    });
}
