using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;
using DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>
/// What one server process holds: databases, accounts, connections and its cluster role. <see cref="Gate"/> guards every change; it is never
/// held across an await.
/// </summary>
internal sealed class DoltEngine : IDisposable
{
    private const string LockFile = "simulated.lock";

    private readonly CancellationTokenSource _stopped = new();
    private readonly string _privilegeFile;
    private readonly FileStream _lock;
    private TaskCompletionSource _running = Completed();

    /// <summary>Opens the data directory.</summary>
    /// <exception cref="ServerConfigException">Another server has the directory.</exception>
    public DoltEngine(DoltEngineOptions options)
    {
        (Config, Clock, Log, HostName) = (options.Config, options.Clock, options.Log, options.HostName);
        (ResolvePath, EngineVersion, LosesPasswordHashes) = (options.ResolvePath, options.EngineVersion, options.LosesPasswordHashes);
        var directory = options.DataDirectory;
        _lock = LockDirectory(directory);
        GlobalConfig = options.GlobalConfig;
        Databases = new DatabaseStore(directory);
        _privilegeFile = Path.Combine(directory, options.Config.PrivilegeFile ?? Path.Combine(".doltcfg", "privileges.db"));
        Accounts = AccountFile.Load(_privilegeFile) ?? FirstAccounts(options.Environment);
        Globals = new GlobalVariables(this, options.Config.SystemVariables);
        if (options.Config.Cluster is { } cluster) Cluster = new ClusterController(this, cluster, options.Network, options.HostName);
    }

    public Lock Gate { get; } = new();

    public ServerConfig Config { get; }

    /// <summary>Turns a path that the process sees into one of this machine.</summary>
    public Func<string, string> ResolvePath { get; }

    /// <summary>What dolt_version() answers.</summary>
    public string EngineVersion { get; }

    /// <inheritdoc cref="DoltEngineOptions.LosesPasswordHashes"/>
    public bool LosesPasswordHashes { get; }

    public TimeProvider Clock { get; }

    public Action<string> Log { get; }

    public string HostName { get; }

    public GlobalConfig GlobalConfig { get; }

    public DatabaseStore Databases { get; }

    public SessionRegistry Sessions { get; } = new();

    public GlobalVariables Globals { get; }

    /// <summary>Null for a standalone server.</summary>
    public ClusterController? Cluster { get; }

    public AccountSet Accounts { get; private set; }

    /// <summary>How long each commit takes on top of its own time: a slow disk.</summary>
    public TimeSpan CommitDelay { get; set; }

    /// <summary>Completes when the process is not frozen.</summary>
    public Task Running => _running.Task;

    /// <summary>Is cancelled when the process ends.</summary>
    public CancellationToken Stopped => _stopped.Token;

    public bool IsStopped => _stopped.IsCancellationRequested;

    /// <summary>Whether data may change: neither a standby nor configured read-only.</summary>
    public bool IsWritable => !Config.ReadOnly && Cluster is not { IsWritable: false };

    public void Freeze()
    {
        if (_running.Task.IsCompleted) _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Thaw() => _running.TrySetResult();

    public void Stop()
    {
        if (IsStopped) return;
        _stopped.Cancel();
        Thaw();
        Sessions.KillAll(except: null);
    }

    public void Dispose()
    {
        Stop();
        _lock.Dispose();
        _stopped.Dispose();
    }

    /// <summary>Makes the transaction's changes durable and starts their replication.</summary>
    /// <exception cref="SqlError">The server takes no writes any more, or 1213: a conflict.</exception>
    public void Commit(Transaction transaction)
    {
        lock (Gate)
        {
            var merged = transaction.Merge(Databases.All).ToList();
            if (merged.Count > 0 && !IsWritable) throw SqlErrors.DatabaseReadOnly(merged[0].Name);
            foreach (var (name, changes, result) in merged)
            {
                Databases.Append(name, changes, result);
                Cluster?.DatabaseChanged(name);
            }
        }
    }

    public void CreateDatabase(Database database)
    {
        lock (Gate)
        {
            RequireWritable();
            if (Databases.All.ContainsKey(database.Name)) throw SqlErrors.DatabaseExists(database.Name);
            Databases.Put(database);
            Cluster?.DatabaseChanged(database.Name);
        }
    }

    public void DropDatabase(string name)
    {
        lock (Gate)
        {
            RequireWritable();
            Databases.Drop(name);
            Cluster?.DatabaseDropped(name);
        }
    }

    /// <summary>A restore goes past replication, and past the read-only mode of a standby.</summary>
    public void RestoreDatabase(Database database)
    {
        lock (Gate)
        {
            Databases.Put(database);
            if (IsWritable) Cluster?.DatabaseRestored(database.Name);
        }
    }

    /// <summary>Changes the privileges database.</summary>
    public void ChangeAccounts(Func<AccountSet, AccountSet> change)
    {
        lock (Gate)
        {
            RequireWritable();
            StoreAccounts(change(Accounts));
            Cluster?.AccountsChanged();
        }
    }

    /// <summary>Stores what a primary sent. A database that is only named comes into being empty.</summary>
    public void StoreReplicated(ReplicationBatch batch)
    {
        foreach (var name in batch.Drops)
            if (Databases.All.ContainsKey(name)) Databases.Drop(name);
        foreach (var push in batch.Databases)
        {
            var current = Databases.All.GetValueOrDefault(push.Value.Name);
            if (ReferenceEquals(current, push.Value)) continue;
            if (push.Base is not null && ReferenceEquals(current, push.Base)) Databases.Append(push.Value.Name, push.Changes, push.Value);
            else Databases.Put(push.Value);
        }

        foreach (var name in batch.Names)
            if (!Databases.All.ContainsKey(name)) Databases.Put(Database.Create(name, Clock.GetUtcNow().UtcDateTime));
        if (batch.Accounts is { } accounts && !ReferenceEquals(accounts, Accounts)) StoreAccounts(accounts);
    }

    private void RequireWritable()
    {
        if (!IsWritable) throw SqlErrors.ServerReadOnly();
    }

    private void StoreAccounts(AccountSet accounts)
    {
        AccountFile.Save(_privilegeFile, accounts);
        Accounts = accounts;
    }

    /// <summary>The first start makes the root account, from the environment when that says so.</summary>
    private AccountSet FirstAccounts(IReadOnlyDictionary<string, string> environment)
    {
        var accounts = AccountSet.Empty.With(new Account
        {
            Name = new AccountName("root", environment.GetValueOrDefault("DOLT_ROOT_HOST") is { Length: > 0 } host ? host : "localhost"),
            AuthenticationString = NativePassword.Hash(environment.GetValueOrDefault("DOLT_ROOT_PASSWORD") ?? ""),
            PasswordChanged = Clock.GetUtcNow().UtcDateTime,
            Global = PrivilegeNames.AllGlobal | Privilege.GrantOption,
        });
        AccountFile.Save(_privilegeFile, accounts);
        return accounts;
    }

    private static FileStream LockDirectory(string directory)
    {
        var folder = Path.Combine(directory, ".dolt");
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException)
        {
            throw new ServerConfigException($"database \"{Path.GetFileName(directory)}\" is locked by another dolt process; either clone the database to run a second server, or stop the dolt process which currently holds an exclusive write lock on the database");
        }
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}

/// <summary>What an engine starts from.</summary>
internal sealed record DoltEngineOptions
{
    public required string DataDirectory { get; init; }

    public required ServerConfig Config { get; init; }

    public required GlobalConfig GlobalConfig { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required Func<string, string> ResolvePath { get; init; }

    public required string EngineVersion { get; init; }

    /// <summary>As Dolt did until the end of 2024: a password that is given as a hash is stored as none.</summary>
    public bool LosesPasswordHashes { get; init; }

    public required SimulatedNetwork Network { get; init; }

    public required string HostName { get; init; }

    public required TimeProvider Clock { get; init; }

    public required Action<string> Log { get; init; }
}
