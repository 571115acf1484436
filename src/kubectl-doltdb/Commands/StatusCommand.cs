using System.CommandLine;
using DoltDB.Kubectl.Clusters;
using DoltDB.Kubectl.Sessions;
using DoltDB.Kubectl.Status;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Commands;

/// <summary><c>kubectl doltdb status</c>: a table of all DoltDBs, or one on a page.</summary>
internal static class StatusCommand
{
    private const string ClearScreen = "\e[H\e[2J\e[3J";

    private static readonly Argument<string?> Name = new("name")
    {
        Description = "DoltDB to show on a page; a table of all when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> AllNamespaces = new("--all-namespaces", "-A") { Description = "The table of every namespace." };

    private static readonly Option<bool> Watch = new("--watch", "-w") { Description = "Print again after each change, until Ctrl-C." };

    private static readonly Option<string?> Format = new("--output", "-o") { Description = "json prints the objects as they are stored." };

    static StatusCommand() => Format.AcceptOnlyFromAmong("json");

    /// <summary>The command with its options.</summary>
    public static Command Create(PluginContext context)
    {
        var command = new Command("status", "Show the DoltDBs of a namespace, or one of them with its members, conditions and events.")
        {
            Name, AllNamespaces, Watch, Format,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Name) is { } name && result.GetValue(AllNamespaces))
                result.AddError($"--all-namespaces shows a table: leave out '{name}', or name its namespace with -n");
        });
        command.SetSessionAction(context, (result, session, cancellationToken) =>
        {
            var (watches, json) = (result.GetValue(Watch), result.GetValue(Format) == "json");
            return result.GetValue(Name) is { } name
                ? ShowOneAsync(session, name, watches, json, cancellationToken)
                : ShowAllAsync(session, result.GetValue(AllNamespaces), watches, json, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ShowAllAsync(Session session, bool allNamespaces, bool watches, bool json, CancellationToken cancellationToken)
    {
        var ns = allNamespaces ? null : session.Namespace;
        string Render(IReadOnlyCollection<DoltDb> clusters) =>
            json ? StatusJson.Render(clusters) : StatusTable.Render(clusters, allNamespaces, session.Time.GetUtcNow());

        if (watches)
        {
            await foreach (var clusters in session.FollowAllAsync(ns, null, cancellationToken))
                await PrintAgainAsync(session, Render(clusters), json, cancellationToken);
            return 0;
        }

        var list = await session.Client.ListAsync(DoltKinds.DoltDb, new ListOptions { Namespace = ns }, cancellationToken);
        if (list.Items.Count == 0 && !json)
            await session.Error.WriteLineAsync((ns is null ? "there is no DoltDB" : $"there is no DoltDB in namespace '{ns}'").AsMemory(), cancellationToken);
        else
            await session.Output.WriteAsync(Render(list.Items).AsMemory(), cancellationToken);
        return 0;
    }

    private static async Task<int> ShowOneAsync(Session session, string name, bool watches, bool json, CancellationToken cancellationToken)
    {
        var cluster = await session.RequireAsync(name, cancellationToken);
        if (!watches)
        {
            await session.Output.WriteAsync((await RenderAsync(session, cluster, json, cancellationToken)).AsMemory(), cancellationToken);
            return 0;
        }

        await foreach (var change in session.FollowAsync(name, cancellationToken))
        {
            if (change is null)
                throw new PluginException($"DoltDB '{name}' is deleted");
            await PrintAgainAsync(session, await RenderAsync(session, change, json, cancellationToken), json, cancellationToken);
        }

        return 0;
    }

    private static async Task<string> RenderAsync(Session session, DoltDb cluster, bool json, CancellationToken cancellationToken) =>
        json ? StatusJson.Render(cluster) : StatusPage.Render(await StatusFacts.ReadAsync(session, cluster, cancellationToken), session.Time.GetUtcNow());

    /// <summary>On a terminal the new state takes the place of the old one; elsewhere it follows it.</summary>
    private static async Task PrintAgainAsync(Session session, string text, bool json, CancellationToken cancellationToken)
    {
        var separator = session.Context.IsTerminal && !json ? ClearScreen : "";
        await session.Output.WriteAsync((separator + text).AsMemory(), cancellationToken);
        await session.Output.FlushAsync(cancellationToken);
    }
}
