using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>A warning or note of the last statement.</summary>
internal sealed record SqlWarning(string Level, int Code, string Message);

/// <summary>State of one client connection. Used by one statement at a time.</summary>
internal sealed class Session(uint id, string clientHost, Action close)
{
    private readonly Dictionary<string, string> _branches = new(StringComparer.OrdinalIgnoreCase);

    public uint Id { get; } = id;

    /// <summary>Address of the client, without port.</summary>
    public string ClientHost { get; } = clientHost;

    public AccountName Account { get; set; } = new("", "");

    /// <summary>The user name as the client gave it.</summary>
    public string User { get; set; } = "";

    public string? CurrentDatabase { get; set; }

    /// <summary>A role change made by this session: nothing works any more until the connection is reset.</summary>
    public volatile bool IsInvalidated;

    public Transaction? Transaction { get; set; }

    /// <summary>BEGIN was given: statements do not commit by themselves.</summary>
    public bool InExplicitTransaction { get; set; }

    public Dictionary<string, object?> Variables { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, object?> UserVariables { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<SqlWarning> Warnings { get; } = [];

    public long LastInsertId { get; set; }

    public long RowCount { get; set; }

    public string? RunningStatement { get; set; }

    public bool Autocommit => !Variables.TryGetValue("autocommit", out var value) || SqlValue.IsTrue(value);

    /// <summary>Closes the connection without an answer.</summary>
    public void Close() => close();

    /// <summary>The branch that the session works on in a database.</summary>
    public string BranchOf(string database) => _branches.GetValueOrDefault(database, Database.DefaultBranch);

    public void CheckOut(string database, string branch) => _branches[database] = branch;

    /// <summary>Back to the state right after login.</summary>
    public void Reset()
    {
        IsInvalidated = false;
        Transaction = null;
        InExplicitTransaction = false;
        Variables.Clear();
        UserVariables.Clear();
        Warnings.Clear();
        _branches.Clear();
        LastInsertId = RowCount = 0;
    }
}

/// <summary>The open connections of one server.</summary>
internal sealed class SessionRegistry
{
    private readonly Dictionary<uint, Session> _sessions = [];
    private readonly Lock _gate = new();
    private uint _lastId;

    public Session Open(string clientHost, Action close)
    {
        lock (_gate)
        {
            var session = new Session(++_lastId, clientHost, close);
            _sessions.Add(session.Id, session);
            return session;
        }
    }

    public void Remove(Session session)
    {
        lock (_gate) _sessions.Remove(session.Id);
    }

    public IReadOnlyList<Session> All
    {
        get
        {
            lock (_gate) return [.. _sessions.Values];
        }
    }

    /// <summary>Closes every connection but one, running statements and open transactions included.</summary>
    public void KillAll(Session? except)
    {
        foreach (var session in All)
            if (session != except) session.Close();
    }
}
