using System.CommandLine;
using DoltDB.Kubectl.Clusters;
using DoltDB.Kubectl.Requests;
using DoltDB.Kubectl.Sessions;
using DoltDB.Kubectl.Sql;

namespace DoltDB.Kubectl.Commands;

/// <summary><c>kubectl doltdb sql</c>: a session with a server of a cluster, as its administrator.</summary>
internal static class SqlCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "DoltDB to connect to." };

    private static readonly Option<string?> Query = new("--query", "-q") { Description = "Statements to run; without it they are typed or piped, in the mysql client when there is one." };

    private static readonly Option<bool> Standby = new("--standby") { Description = "Connect to a standby, to read, in place of the primary." };

    private static readonly Option<string?> Database = new("--database", "-d") { Description = "Database to be in." };

    private static readonly Option<bool> Batch = new("--batch", "-B") { Description = "Print values between tabs, for scripts, in place of tables." };

    private static readonly Option<bool> AlwaysForward = new("--port-forward")
    {
        Description = "Connect through kubectl port-forward even when the pod's address answers, which may be another server's in your own network.",
    };

    private static readonly Option<bool> BuiltIn = new("--built-in") { Description = "Use the plugin's own prompt even when there is a mysql client." };

    private static readonly Option<TimeSpan> Timeout = WaitOptions.Duration("--timeout", "10m", "How long one statement may take; not for the mysql client.");

    /// <summary>The command with its options.</summary>
    public static Command Create(PluginContext context)
    {
        var command = new Command("sql", "Open a SQL session with the primary, as the administrator of the credentials Secret.")
        {
            Name, Query, Standby, Database, Batch, AlwaysForward, BuiltIn, Timeout,
        };
        command.SetSessionAction(context, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Session session, CancellationToken cancellationToken)
    {
        var name = result.GetRequiredValue(Name);
        var cluster = await session.RequireAsync(name, cancellationToken);
        var target = SqlTarget.Choose(cluster, await session.ListPodsAsync(name, cancellationToken), result.GetValue(Standby));
        await using var connection = await SqlConnection.OpenAsync(
            session, name, target, result.GetValue(Database), result.GetValue(AlwaysForward), cancellationToken);
        var batch = result.GetValue(Batch);
        var shell = new SqlShell(session, connection.Server, batch, result.GetValue(Timeout));
        if (result.GetValue(Query) is { } query)
        {
            await shell.RunTextAsync(query, cancellationToken);
            return 0;
        }

        if (!result.GetValue(BuiltIn) && (Programs.Find(session.Context, "mysql") ?? Programs.Find(session.Context, "mariadb")) is { } mysql)
            return await MySqlClient.RunAsync(mysql, connection.Endpoint, batch);
        await shell.RunInputAsync($"{target.Pod}> ", cancellationToken);
        return 0;
    }
}
