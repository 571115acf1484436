using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Sandbox.Hosting;
using Spectre.Console;

namespace DoltDB.Operator.Sandboxes;

/// <summary>What the sandbox tells its user: a live table in a terminal, plain lines otherwise.</summary>
internal sealed class SandboxConsole(TextWriter output, string kubeconfig, string directory)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    /// <summary>The API server listens.</summary>
    public void Started(Uri url, string dolt) => output.WriteLine($"Sandbox: Kubernetes API at {url.AbsoluteUri.TrimEnd('/')}, servers run with {dolt}");

    /// <summary>Manifests were applied.</summary>
    public void Applied(IReadOnlyList<AppliedManifest> manifests)
    {
        foreach (var manifest in manifests)
        {
            output.WriteLine($"{manifest.Kind} {manifest.Name} applied");
            foreach (var warning in manifest.Warnings)
                output.WriteLine($"  warning: {warning}");
        }
    }

    /// <summary>Everything runs; Ctrl-C ends it.</summary>
    public void Waiting() => output.WriteLine("\nCtrl-C ends the sandbox.");

    /// <summary>Shows the clusters until every one is Ready, then how to connect to each.</summary>
    public async Task ShowUntilReadyAsync(ClusterProgress progress, CancellationToken cancellationToken)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            await ShowTableAsync(progress, cancellationToken);
        else
            await ShowLinesAsync(progress, cancellationToken);
        foreach (var line in progress.Read())
            ShowConnection(progress, line.Cluster);
    }

    private static bool AllReady(IReadOnlyList<ClusterLine> lines) => lines.All(line => line.IsReady);

    private async Task ShowLinesAsync(ClusterProgress progress, CancellationToken cancellationToken)
    {
        var shown = new Dictionary<NamespacedName, ClusterLine>();
        while (true)
        {
            var lines = progress.Read();
            foreach (var line in lines)
            {
                if (shown.TryGetValue(line.Cluster, out var before) && before == line)
                    continue;
                shown[line.Cluster] = line;
                await output.WriteLineAsync($"{line.Cluster}: {line.Phase}, {line.Ready} ready, primary {line.Primary}{(line.Message.Length == 0 ? "" : $" ({line.Message})")}");
            }

            if (AllReady(lines))
                return;
            await Task.Delay(Refresh, TimeProvider.System, cancellationToken);
        }
    }

    private static Task ShowTableAsync(ClusterProgress progress, CancellationToken cancellationToken) =>
        AnsiConsole.Live(Table([])).StartAsync(async live =>
        {
            while (true)
            {
                var lines = progress.Read();
                live.UpdateTarget(Table(lines));
                live.Refresh();
                if (AllReady(lines))
                    return;
                await Task.Delay(Refresh, TimeProvider.System, cancellationToken);
            }
        });

    private static Table Table(IReadOnlyList<ClusterLine> lines)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("Cluster", "Phase", "Ready", "Primary", "Message");
        foreach (var line in lines)
        {
            table.AddRow(
                Markup.Escape(line.Cluster.ToString()),
                line.IsReady ? "[green]Ready[/]" : Markup.Escape(line.Phase),
                line.Ready,
                Markup.Escape(line.Primary),
                Markup.Escape(line.Message));
        }

        return table;
    }

    private void ShowConnection(ClusterProgress progress, NamespacedName cluster)
    {
        if (progress.Credentials(cluster) is not var (user, password) || progress.Addresses(cluster) is not ({ } write, var read))
            return;
        var options = WriteClientOptions(cluster, user, password);
        output.WriteLine();
        output.WriteLine($"{cluster} is ready.");
        output.WriteLine($"  write:    mysql --defaults-extra-file={options} -h {write.Address} -P {write.Port}");
        if (read is not null)
            output.WriteLine($"  read:     mysql --defaults-extra-file={options} -h {read.Address} -P {read.Port}");
        output.WriteLine($"  password: kubectl --kubeconfig {kubeconfig} -n {cluster.Namespace} get secret {cluster.Name}-credentials -o jsonpath='{{.data.admin-password}}' | base64 -d");
        output.WriteLine($"  watch:    kubectl --kubeconfig {kubeconfig} -n {cluster.Namespace} get doltdb {cluster.Name} -w");
    }

    /// <summary>User and password in a file that only its owner reads: no command line shows them.</summary>
    private string WriteClientOptions(NamespacedName cluster, string user, string password)
    {
        var path = Path.Combine(directory, $"{cluster.Namespace}-{cluster.Name}.cnf");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, options);
        file.Write($"[client]\nuser=\"{Escape(user)}\"\npassword=\"{Escape(password)}\"\n");
        return path;
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
