using System.Text;

namespace DoltDB.Operator.Sql.Drivers;

/// <summary>What an engine takes as a name, and how long it may be.</summary>
internal sealed record NameRules
{
    /// <summary>Longest name of an account's user part, in <see cref="Unit"/>.</summary>
    public required int User { get; init; }

    /// <summary>Longest host part, in <see cref="Unit"/>.</summary>
    public int Host { get; init; } = 255;

    /// <summary>Longest name of a database, table, schema or role, in <see cref="Unit"/>.</summary>
    public required int Identifier { get; init; }

    /// <summary>What the limits count.</summary>
    public required NameUnit Unit { get; init; }

    /// <summary>Characters that no name may hold.</summary>
    public string Forbidden { get; init; } = "";

    /// <summary>Characters that no host may hold.</summary>
    public string ForbiddenInHost { get; init; } = "";

    /// <summary>Whether a login takes the quotes off a user name that is in quotes, so that nobody can log in by it.</summary>
    public bool UnquotesUsers { get; init; }

    /// <summary>Whether names are limited to the basic multilingual plane: what lies beyond would be stored as question marks.</summary>
    public bool BasicPlaneOnly { get; init; }

    /// <summary>The databases that belong to the server, in lower case.</summary>
    public required IReadOnlySet<string> SystemDatabases { get; init; }

    /// <summary>The accounts that belong to the server.</summary>
    public IReadOnlySet<string> SystemUsers { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <exception cref="DriverException">Invalid: no such database can be created.</exception>
    public void CheckDatabase(string name)
    {
        Check("database name", name, Identifier);
        if (name == "*")
            throw Invalid("the database name * stands for all databases");
        if (SystemDatabases.Contains(name.ToLowerInvariant()))
            throw Invalid($"database {name} belongs to the server and is not managed");
    }

    /// <exception cref="DriverException">Invalid: no such name exists.</exception>
    public void CheckIdentifier(string field, string name) => Check(field, name, Identifier);

    /// <exception cref="DriverException">Invalid: no such account can exist, or it is the one that manages the others.</exception>
    public void CheckAccount(AccountName account, ServerEndpoint server, bool withHost)
    {
        CheckAccountName(account, withHost);
        if (SystemUsers.Contains(account.User))
            throw Invalid($"user {account.User} belongs to the server and is not managed");
        if (account.User == server.User)
            throw Invalid($"user {account.User} is the one that the operator logs in with and is not managed");
    }

    /// <exception cref="DriverException">Invalid: no such account can exist.</exception>
    public void CheckAccountName(AccountName account, bool withHost)
    {
        Check("user name", account.User, User);
        if (UnquotesUsers && account.User.Length > 1 && account.User[0] == '\'' && account.User[^1] == '\'')
            throw Invalid("the user name is in quotes, which a login would take off");
        if (!withHost)
            return;
        Check("host", account.Host, Host);
        if (account.Host.IndexOfAny(ForbiddenInHost.ToCharArray()) >= 0)
            throw Invalid($"the host {account.Host} holds a character that no host may hold");
    }

    /// <exception cref="DriverException">Invalid: the password is empty or holds what no client can send.</exception>
    public static void CheckPassword(string password)
    {
        if (password.Length == 0)
            throw Invalid("the password is empty");
        if (password.Contains('\0', StringComparison.Ordinal))
            throw Invalid("the password holds a NUL character");
        if (!IsWellFormed(password))
            throw Invalid("the password is no valid Unicode text");
    }

    public static DriverException Invalid(string message) => new(DriverError.Invalid, message);

    private void Check(string field, string name, int limit)
    {
        if (name.Length == 0)
            throw Invalid($"the {field} is empty");
        if (!IsWellFormed(name) || name.Any(char.IsControl))
            throw Invalid($"the {field} holds a control character or is no valid Unicode text");
        if (name.IndexOfAny(Forbidden.ToCharArray()) is >= 0 and var at)
            throw Invalid($"the {field} holds the character {name[at]}, which this engine does not take");
        if (BasicPlaneOnly && name.Any(char.IsSurrogate))
            throw Invalid($"the {field} holds a character outside of the basic multilingual plane, which this engine does not take");
        if (name[^1] == ' ' || name[0] == ' ')
            throw Invalid($"the {field} begins or ends with a space");
        var length = Unit == NameUnit.Bytes ? Encoding.UTF8.GetByteCount(name) : name.Length;
        if (length > limit)
            throw Invalid($"the {field} is {length} {(Unit == NameUnit.Bytes ? "bytes" : "characters")} long; the limit is {limit}");
    }

    private static bool IsWellFormed(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
                continue;
            if (index + 1 >= text.Length || !char.IsSurrogatePair(text[index], text[index + 1]))
                return false;
            index++;
        }

        return true;
    }
}

/// <summary>What the length of a name is counted in.</summary>
internal enum NameUnit
{
    /// <summary>UTF-16 units, which are characters within the basic multilingual plane.</summary>
    Characters,

    /// <summary>Bytes of UTF-8.</summary>
    Bytes,
}
