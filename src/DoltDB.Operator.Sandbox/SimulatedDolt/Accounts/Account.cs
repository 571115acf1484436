using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;

/// <summary>An account: a user name and the host pattern that it may log in from.</summary>
internal sealed record AccountName(string User, string Host)
{
    public override string ToString() => $"'{User}'@'{Host}'";
}

/// <summary>One account with its credentials and grants. Immutable: a change makes a new value.</summary>
internal sealed record Account
{
    public const string NativePlugin = "mysql_native_password";

    public const string CachingSha2Plugin = "caching_sha2_password";

    public required AccountName Name { get; init; }

    public string Plugin { get; init; } = NativePlugin;

    /// <summary><c>*HEX</c> of the doubly hashed password, or empty for no password.</summary>
    public string AuthenticationString { get; init; } = "";

    /// <summary>Empty, <c>ANY</c> (REQUIRE SSL) or <c>X509</c>.</summary>
    public string SslType { get; init; } = "";

    public required DateTime PasswordChanged { get; init; }

    public Privilege Global { get; init; }

    /// <summary>Database name to privileges; names are literal, wildcards grant nothing.</summary>
    public ImmutableSortedDictionary<string, Privilege> Databases { get; init; } = EmptyDatabases;

    /// <summary>Database and table name to privileges.</summary>
    public ImmutableSortedDictionary<TableGrant, Privilege> Tables { get; init; } = ImmutableSortedDictionary.Create<TableGrant, Privilege>(TableGrant.Order);

    private static readonly ImmutableSortedDictionary<string, Privilege> EmptyDatabases =
        ImmutableSortedDictionary.Create<string, Privilege>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>The table that a table-level grant is about.</summary>
internal readonly record struct TableGrant(string Database, string Table)
{
    /// <summary>Orders by database, then table, without regard to case.</summary>
    public static readonly IComparer<TableGrant> Order = Comparer<TableGrant>.Create((a, b) => a.CompareTo(b));

    private int CompareTo(TableGrant other)
    {
        var byDatabase = string.Compare(Database, other.Database, StringComparison.OrdinalIgnoreCase);
        return byDatabase != 0 ? byDatabase : string.Compare(Table, other.Table, StringComparison.OrdinalIgnoreCase);
    }
}
