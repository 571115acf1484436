using DoltDB.Operator.Api;
using DoltDB.Operator.Core.SqlObjects.Databases;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>An account on a server.</summary>
/// <param name="Server">Key of the server.</param>
/// <param name="Name">Its name.</param>
/// <param name="HasHosts">Whether accounts have a host part there; without it the user part alone tells them apart.</param>
internal sealed record ServerAccount(string Server, AccountName Name, bool HasHosts)
{
    /// <summary>The account on a server that a session works on.</summary>
    public static ServerAccount Of(SqlServer server, ServerSession session, AccountName name) => new(server.Key, name, session.Capabilities.HasFlag(DriverCapabilities.Hosts));

    /// <summary>Whether these parts name it; any host when none is given.</summary>
    public bool Is(string? user, string? host) => user == Name.User && (!HasHosts || DatabaseDefinitions.Host(host) == Name.Host);

    /// <summary>Whether it is what was applied.</summary>
    public bool Is(AppliedUser? applied) => applied is not null && Is(applied.Name, applied.Host);

    /// <inheritdoc/>
    public override string ToString() => $"account {Name}";
}

/// <summary>Which objects manage an account.</summary>
internal sealed class AccountClaims(IObjectCache<User> users, IObjectCache<Database> databases)
{
    /// <summary>The Users whose account it is.</summary>
    public List<User> Users(ServerAccount account) =>
        [.. users.Lookup(SqlIndexes.ByIdentity, SqlIndexes.Account(account.Server, account.Name.User)).Where(user => account.Is(user.Spec?.Name, user.Spec?.Host))];

    /// <summary>The Databases whose owner it is.</summary>
    public List<Database> Owned(ServerAccount account) =>
    [
        .. databases.Lookup(SqlIndexes.ByAccount, SqlIndexes.Account(account.Server, account.Name.User))
            .Where(database => DatabaseDefinitions.Owner(database.Spec) is { } owner && account.Is(owner.User, owner.Host)),
    ];

    /// <summary>
    /// What forbids taking the account over: it was there before, on a server that is not ours, and nobody has said that it may be. Its password would be replaced and
    /// the account dropped with its object.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="session">A session there.</param>
    /// <param name="account">The account.</param>
    /// <param name="isAdopted">Whether the spec says that it may be taken over.</param>
    /// <param name="otherwise">What else to do, for people.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<SqlProblem?> ForeignAsync(SqlServer server, ServerSession session, ServerAccount account, bool isAdopted, string otherwise, CancellationToken cancellationToken) =>
        !server.IsOurs && !isAdopted && await session.HasAccountAsync(account.Name, cancellationToken)
            ? new SqlProblem(SqlReasons.AccountExists, $"{account} is there already and was not made for this object: nothing was changed. Set spec.adopt to true to replace its password and to drop it with this object, or {otherwise}")
            : null;
}
