using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;

/// <summary>All accounts of a server: the privileges database that a primary replicates as a whole. Compared by reference.</summary>
internal sealed class AccountSet(ImmutableSortedDictionary<string, Account> accounts)
{
    public static readonly AccountSet Empty = new(ImmutableSortedDictionary.Create<string, Account>(StringComparer.Ordinal));

    public IEnumerable<Account> All => accounts.Values;

    public Account? Find(AccountName name) => accounts.GetValueOrDefault(KeyOf(name));

    /// <summary>
    /// The account that SHOW GRANTS, GRANT and REVOKE mean, as Dolt finds it: when there is none of that name, the one that a login from a client
    /// of that host would get.
    /// </summary>
    public Account? FindByHost(AccountName name) => Find(name) ?? FindForLogin(name.User, name.Host);

    public AccountSet With(Account account) => new(accounts.SetItem(KeyOf(account.Name), account));

    public AccountSet Without(AccountName name) => new(accounts.Remove(KeyOf(name)));

    /// <summary>The same accounts as a new value, which replicates again.</summary>
    public AccountSet Touched() => new(accounts);

    /// <summary>The account that a login from that address gets: the most specific host pattern wins.</summary>
    public Account? FindForLogin(string user, string clientHost) => accounts.Values
        .Where(a => a.Name.User == user && MatchesHost(a.Name.Host, clientHost))
        .OrderByDescending(a => Specificity(a.Name.Host))
        .FirstOrDefault();

    private static string KeyOf(AccountName name) => name.User + "\0" + name.Host.ToLowerInvariant();

    private static int Specificity(string host)
    {
        var wildcard = host.AsSpan().IndexOfAny('%', '_');
        return wildcard < 0 ? int.MaxValue : wildcard;
    }

    private static bool MatchesHost(string pattern, string clientHost)
    {
        if (clientHost == "127.0.0.1" && pattern.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return Engine.LikePattern.Matches(clientHost, pattern, ignoreCase: true);
    }
}
