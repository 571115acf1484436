using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Sql;

namespace DoltDB.Kubectl.Sql;

/// <summary>Runs statements on a server and prints their answers.</summary>
/// <param name="session">Where to print.</param>
/// <param name="server">The server.</param>
/// <param name="batch">Tab-separated values in place of tables.</param>
/// <param name="timeout">How long one statement may take.</param>
internal sealed class SqlShell(Session session, ISqlSession server, bool batch, TimeSpan timeout)
{
    private const string Continuation = "    -> ";

    /// <summary>Runs the statements of a text, one after the other, until one fails.</summary>
    public async Task RunTextAsync(string text, CancellationToken cancellationToken)
    {
        var splitter = new StatementSplitter();
        var statements = text.ReplaceLineEndings("\n").Split('\n').SelectMany(splitter.Add).ToList();
        if (splitter.Finish() is { } last)
            statements.Add(last);
        foreach (var statement in statements)
            await RunAsync(statement, cancellationToken);
    }

    /// <summary>Runs what is typed or piped until its end. An error ends a script; a person sees it and goes on.</summary>
    public async Task RunInputAsync(string prompt, CancellationToken cancellationToken)
    {
        var splitter = new StatementSplitter();
        while (await ReadLineAsync(splitter.HasPending ? Continuation : prompt, cancellationToken) is { } line)
        {
            if (!splitter.HasPending && line.Trim().TrimEnd(';') is "exit" or "quit" or "\\q")
                return;
            foreach (var statement in splitter.Add(line))
                await RunTypedAsync(statement, cancellationToken);
        }

        if (splitter.Finish() is { } last)
            await RunTypedAsync(last, cancellationToken);
    }

    private async Task RunTypedAsync(string statement, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(statement, cancellationToken);
        }
        catch (DoltException exception) when (session.Context.IsInteractive && server.IsUsable)
        {
            await session.Error.WriteLineAsync($"ERROR {exception.Code}: {exception.Message}".AsMemory(), cancellationToken);
        }
    }

    private async Task RunAsync(string statement, CancellationToken cancellationToken)
    {
        var result = await server.QueryAsync(statement, timeout, cancellationToken);
        await session.Output.WriteAsync((batch ? ResultText.Batch(result) : ResultText.Table(result)).AsMemory(), cancellationToken);
    }

    private async Task<string?> ReadLineAsync(string prompt, CancellationToken cancellationToken)
    {
        if (session.Context.IsInteractive)
        {
            await session.Output.WriteAsync(prompt.AsMemory(), cancellationToken);
            await session.Output.FlushAsync(cancellationToken);
        }

        // A console blocks the thread that reads it, and knows no cancellation.
        return await Task.Run(session.Context.Input.ReadLine, cancellationToken).WaitAsync(cancellationToken);
    }
}
