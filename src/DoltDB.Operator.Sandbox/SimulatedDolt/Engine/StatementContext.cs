using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Everything that one running statement may use.</summary>
internal sealed class StatementContext(DoltEngine engine, Session session, Account account, Transaction transaction)
{
    public DoltEngine Engine => engine;

    public Session Session => session;

    public Account Account => account;

    public Transaction Transaction => transaction;

    /// <summary>The time of the statement, the same for all of its rows.</summary>
    public DateTime Now { get; } = Truncate(engine.Clock.GetUtcNow().UtcDateTime);

    /// <summary>The database that unqualified names are in.</summary>
    /// <exception cref="SqlError">1046.</exception>
    public string DatabaseOf(TableName table) => table.Database ?? session.CurrentDatabase ?? throw SqlErrors.NoDatabaseSelected();

    /// <summary>Database and branch of a name that may be a revision, <c>db/branch</c>.</summary>
    /// <exception cref="SqlError">1049.</exception>
    public (Database Database, string Branch) Open(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var database = transaction.Find(slash < 0 ? name : name[..slash]) ?? throw SqlErrors.NoSuchDatabase(name);
        var branch = slash < 0 ? session.BranchOf(database.Name) : name[(slash + 1)..];
        return database.Branches.ContainsKey(branch) ? (database, branch) : throw SqlErrors.NoSuchDatabase(name);
    }

    /// <summary>The current database with its branch.</summary>
    public (Database Database, string Branch) OpenCurrent() => Open(session.CurrentDatabase ?? throw SqlErrors.NoDatabaseSelected());

    public Table OpenTable(TableName name, out string database, out string branch)
    {
        var (found, inBranch) = Open(DatabaseOf(name));
        (database, branch) = (found.Name, inBranch);
        return found.GetBranch(inBranch).Working.Tables.GetValueOrDefault(name.Name)
            ?? WorkingInventory.FindUnstored(name.Name)
            ?? throw SqlErrors.NoSuchTable(name.Name);
    }

    private static DateTime Truncate(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
}
