using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Runs statements of a session, each in its transaction.</summary>
internal sealed class StatementExecutor(DoltEngine engine)
{
    private const string Invalidated = "this server transitioned cluster roles. this connection can no longer be used. please reconnect.";

    /// <exception cref="SqlError">What the client is told.</exception>
    public async Task<StatementResult> ExecuteAsync(Session session, Statement statement, CancellationToken cancellationToken)
    {
        if (session.IsInvalidated) throw SqlErrors.General(Invalidated);
        var account = engine.Accounts.Find(session.Account) ?? throw new SqlError(1045, $"Access denied for user '{session.User}'");
        if (statement is not Show { Kind: ShowKind.Warnings or ShowKind.Errors }) session.Warnings.Clear();
        var transaction = session.Transaction ??= new Transaction(engine.Databases.All);
        var context = new StatementContext(engine, session, account, transaction);
        var mark = transaction.Mark();
        try
        {
            var result = await RunAsync(context, statement, cancellationToken);
            if (EndsTransaction(session, statement)) await CommitAsync(session, cancellationToken);
            session.RowCount = result.Rows?.Rows.Count ?? result.Affected;
            return result;
        }
        catch (SqlError)
        {
            transaction.Revert(mark);
            if (session is { InExplicitTransaction: false, Autocommit: true }) session.Transaction = null;
            throw;
        }
    }

    private static bool EndsTransaction(Session session, Statement statement) => statement switch
    {
        Begin or Rollback => false,
        Commit or CreateDatabase or DropDatabase or CreateTable or DropTable or AlterTable or Truncate or CreateUser or AlterUser or DropUser or Grant or Revoke => true,
        CallProcedure { Name: "dolt_commit" } => true,
        _ => session is { InExplicitTransaction: false, Autocommit: true },
    };

    private async Task<StatementResult> RunAsync(StatementContext context, Statement statement, CancellationToken cancellationToken) => statement switch
    {
        Select select => StatementResult.Of(new QueryRunner(context).Run(select.Query)),
        Insert insert => new TableStatements(context).Insert(insert),
        Update update => new TableStatements(context).Update(update),
        Delete delete => new TableStatements(context).Delete(delete),
        Truncate truncate => new TableStatements(context).Truncate(truncate),
        CreateDatabase create => new SchemaStatements(context).CreateDatabase(create),
        DropDatabase drop => new SchemaStatements(context).DropDatabase(drop),
        CreateTable create => new SchemaStatements(context).CreateTable(create),
        DropTable drop => new SchemaStatements(context).DropTable(drop),
        AlterTable alter => new SchemaStatements(context).AlterTable(alter),
        CreateUser create => new AccountStatements(context).Create(create),
        AlterUser alter => new AccountStatements(context).Alter(alter),
        DropUser drop => new AccountStatements(context).Drop(drop),
        Grant grant => new AccountStatements(context).Grant(grant),
        Revoke revoke => new AccountStatements(context).Revoke(revoke),
        Flush flush => new AccountStatements(context).Flush(flush),
        Show show => StatementResult.Of(new ShowStatements(context).Run(show)),
        CallProcedure call => await new Procedures(context, cancellationToken).RunAsync(call),
        Begin => await BeginAsync(context.Session, cancellationToken),
        Rollback => RollBack(context.Session),
        Use use => UseDatabase(context, use.Database),
        SetVariables set => Set(context, set),
        _ => StatementResult.Ok,
    };

    /// <summary>Makes a database the current one.</summary>
    public static StatementResult UseDatabase(StatementContext context, string name)
    {
        var database = name.Split('/')[0];
        if (SystemTables.IsSystemDatabase(context.Engine, database))
        {
            AccessControl.RequireSight(context.Account, database);
            context.Session.CurrentDatabase = database.ToLowerInvariant();
            return StatementResult.Ok;
        }

        if (context.Transaction.Find(database) is { } found) AccessControl.RequireSight(context.Account, found.Name);
        var (opened, _) = context.Open(name);
        context.Session.CurrentDatabase = name.Contains('/', StringComparison.Ordinal) ? opened.Name + name[name.IndexOf('/', StringComparison.Ordinal)..] : opened.Name;
        return StatementResult.Ok;
    }

    private async Task<StatementResult> BeginAsync(Session session, CancellationToken cancellationToken)
    {
        await CommitAsync(session, cancellationToken);
        session.Transaction = new Transaction(engine.Databases.All);
        session.InExplicitTransaction = true;
        return StatementResult.Ok;
    }

    private static StatementResult RollBack(Session session)
    {
        session.Transaction = null;
        session.InExplicitTransaction = false;
        return StatementResult.Ok;
    }

    private async Task CommitAsync(Session session, CancellationToken cancellationToken)
    {
        var transaction = session.Transaction;
        session.Transaction = null;
        session.InExplicitTransaction = false;
        if (transaction is not { HasChanges: true }) return;
        if (SqlValue.IsTrue(Variable(session, SystemVariables.TransactionCommit))) AddDoltCommits(session, transaction);
        if (engine.CommitDelay > TimeSpan.Zero) await Task.Delay(engine.CommitDelay, engine.Clock, cancellationToken);
        engine.Commit(transaction);
        await WaitForReplicasAsync(session, transaction, cancellationToken);
    }

    /// <summary>With <c>dolt_transaction_commit</c> every transaction is a commit of its own.</summary>
    private void AddDoltCommits(Session session, Transaction transaction)
    {
        foreach (var name in transaction.ChangedDatabases.ToList())
        {
            var branch = session.BranchOf(name);
            transaction.Apply(name, new Staged(branch, [], All: true));
            var database = transaction.Find(name)!;
            var value = database.GetBranch(branch);
            if (database.Commits[value.Head].Root.Hash == value.Staged.Hash) continue;
            var now = engine.Clock.GetUtcNow().UtcDateTime;
            transaction.Apply(name, new Committed(branch, session.Account.User, $"{session.Account.User}@{session.Account.Host}", now, "Transaction commit"));
        }
    }

    private async Task WaitForReplicasAsync(Session session, Transaction transaction, CancellationToken cancellationToken)
    {
        if (engine.Cluster is not { } cluster || SqlValue.ToLong(Variable(session, SystemVariables.AckTimeout)) is not (> 0 and var seconds)) return;
        foreach (var name in transaction.ChangedDatabases)
        {
            var late = await cluster.WaitForReplicasAsync(name, TimeSpan.FromSeconds(seconds), cancellationToken);
            if (late > 0) session.Warnings.Add(new SqlWarning("Warning", 3024, $"Timed out replication of commit to {late} out of {cluster.StandbyCount} replicas."));
        }
    }

    private object? Variable(Session session, string name) => session.Variables.TryGetValue(name, out var value) ? value : engine.Globals.Read(name, name);

    private StatementResult Set(StatementContext context, SetVariables set)
    {
        var evaluator = new Evaluator(context);
        foreach (var (scope, name, expression) in set.Assignments)
        {
            var value = expression is null ? null : evaluator.Constant(expression);
            if (scope == "@")
            {
                context.Session.UserVariables[name] = value;
                continue;
            }

            if (!engine.Globals.IsKnown(name)) throw SqlErrors.UnknownSystemVariable(name);
            value = expression is null ? SystemVariables.Default(name) : value;
            if (scope is "global" or "persist")
            {
                AccessControl.Require(context.Account, Privilege.Super);
                engine.Globals.Write(name, value);
            }
            else
            {
                context.Session.Variables[name] = value;
            }
        }

        return StatementResult.Ok;
    }
}
