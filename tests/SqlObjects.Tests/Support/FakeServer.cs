using System.Collections.Concurrent;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.SqlObjects.Tests.Support;

/// <summary>A server in memory: what it holds, how often it was asked and changed, and how it fails.</summary>
internal sealed class FakeServer : IDatabaseDriver
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, DatabaseDefinition> databases = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<AccountName, AccountDefinition> accounts = [];
    private readonly HashSet<(AccountName Account, string Place, string Privilege)> privileges = [];

    /// <inheritdoc/>
    public DriverCapabilities Capabilities { get; set; } =
        DriverCapabilities.Databases | DriverCapabilities.Users | DriverCapabilities.Grants | DriverCapabilities.Branches | DriverCapabilities.Hosts;

    /// <summary>What every call answers; null for none.</summary>
    public DriverException? Failure { get; set; }

    /// <summary>What every drop of an account answers; null for none.</summary>
    public DriverException? DropFailure { get; set; }

    /// <summary>Calls that changed something, in words.</summary>
    public ConcurrentQueue<string> Changes { get; } = new();

    /// <summary>How many calls there were.</summary>
    public int Calls { get; private set; }

    /// <summary>The last endpoint that was used.</summary>
    public ServerEndpoint? Endpoint { get; private set; }

    public bool HasDatabase(string name)
    {
        lock (gate)
            return databases.ContainsKey(name);
    }

    public DatabaseDefinition Database(string name)
    {
        lock (gate)
            return databases[name];
    }

    public void AddDatabase(string name)
    {
        lock (gate)
            databases[name] = new DatabaseDefinition { Name = name };
    }

    public void AddAccount(string user, string password, params string[] given)
    {
        lock (gate)
        {
            var name = new AccountName(user, "%");
            accounts[name] = new AccountDefinition { Name = name, Password = password };
            foreach (var text in given)
                privileges.Add((name, text.Split(':')[0], text.Split(':')[1]));
        }
    }

    public void Forget(AccountName account)
    {
        lock (gate)
            accounts.Remove(account);
    }

    public string? Password(string user, string host = "%")
    {
        lock (gate)
            return accounts.GetValueOrDefault(new AccountName(user, host))?.Password;
    }

    /// <summary>Privileges and roles as <c>place:privilege</c>, in order.</summary>
    public string Privileges(string user, string host = "%")
    {
        lock (gate)
            return string.Join(' ', privileges.Where(entry => entry.Account == new AccountName(user, host)).Select(entry => $"{entry.Place}:{entry.Privilege}").Order(StringComparer.Ordinal));
    }

    public Task<ServerDescription> ProbeAsync(ServerEndpoint server, CancellationToken cancellationToken) => RunAsync(server, () => new ServerDescription("1.0-fake", Capabilities));

    public Task<DatabaseState?> ReadDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken) =>
        RunAsync(server, () => databases.ContainsKey(name) ? new DatabaseState("utf8mb4", null) : null);

    public Task<bool> EnsureDatabaseAsync(ServerEndpoint server, DatabaseDefinition database, DatabaseDefinition? applied, CancellationToken cancellationToken) => RunAsync(server, () =>
    {
        if (databases.TryGetValue(database.Name, out var present) && present.Branches.SequenceEqual(database.Branches))
            return false;
        databases[database.Name] = database;
        return Changed($"database {database.Name}");
    });

    public Task DropDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken) =>
        RunAsync(server, () => databases.Remove(name) && Changed($"drop database {name}"));

    public Task<bool> HasAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken) => RunAsync(server, () => accounts.ContainsKey(account));

    public Task<bool> EnsureAccountAsync(ServerEndpoint server, AccountDefinition account, CancellationToken cancellationToken) => RunAsync(server, () =>
    {
        if (accounts.TryGetValue(account.Name, out var present) && present.Password == account.Password)
            return false;
        accounts[account.Name] = account;
        return Changed($"account {account.Name}");
    });

    public Task DropAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken) => RunAsync(server, () =>
    {
        if (DropFailure is { } failure)
            throw failure;
        privileges.RemoveWhere(entry => entry.Account == account);
        return accounts.Remove(account) && Changed($"drop account {account}");
    });

    public Task<bool> EnsureGrantAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken) => RunAsync(server, () =>
    {
        if (!accounts.ContainsKey(grant.Account))
            throw new DriverException(DriverError.Missing, $"account {grant.Account} does not exist");
        var isChanged = false;
        foreach (var privilege in Named(grant))
            isChanged |= privileges.Add((grant.Account, Place(grant), privilege));
        return isChanged && Changed($"grant to {grant.Account} on {Place(grant)}");
    });

    public Task RevokeAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken) => RunAsync(server, () =>
    {
        if (grant.Privileges.Contains("ALL"))
            privileges.RemoveWhere(entry => entry.Account == grant.Account && entry.Place == Place(grant) && entry.Privilege != "GRANT OPTION");
        foreach (var privilege in Named(grant))
            privileges.Remove((grant.Account, Place(grant), privilege));
        return Changed($"revoke from {grant.Account} on {Place(grant)}");
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Place(GrantDefinition grant) => grant.Roles.Count > 0 ? "role" : $"{grant.Database}.{grant.Table}";

    private static IEnumerable<string> Named(GrantDefinition grant) => [.. grant.Privileges, .. grant.Roles, .. grant.WithGrantOption ? ["GRANT OPTION"] : Array.Empty<string>()];

    private bool Changed(string what)
    {
        Changes.Enqueue(what);
        return true;
    }

    private Task<T> RunAsync<T>(ServerEndpoint server, Func<T> call)
    {
        lock (gate)
        {
            Calls++;
            Endpoint = server;
            return Failure is { } failure ? Task.FromException<T>(failure) : Invoke(call);
        }
    }

    private static Task<T> Invoke<T>(Func<T> call)
    {
        try
        {
            return Task.FromResult(call());
        }
        catch (DriverException exception)
        {
            return Task.FromException<T>(exception);
        }
    }
}
