using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sql;

/// <summary>An account as <c>mysql.user</c> holds it. The stored password only ever goes into a hash.</summary>
internal sealed record StoredAccount(string User, string Host, string Plugin, string StoredPassword, string TlsRequirement)
{
    // Each server makes these for itself and replicates none of them.
    private static readonly HashSet<string> s_localAccounts =
        new(StringComparer.Ordinal) { "__dolt_local_user__", "event_scheduler", "binlog-applier" };

    /// <summary>The accounts that a cluster shares, in ordinal order.</summary>
    public static IReadOnlyList<StoredAccount> Parse(SqlResult result) =>
    [
        .. result.Rows
            .Select(row => new StoredAccount(row[0] ?? "", row[1] ?? "", row[2] ?? "", row[3] ?? "", row[4] ?? ""))
            .Where(account => !(account.Host == "localhost" && s_localAccounts.Contains(account.User)))
            .OrderBy(account => account.User, StringComparer.Ordinal)
            .ThenBy(account => account.Host, StringComparer.Ordinal),
    ];

    /// <inheritdoc/>
    public override string ToString() => $"{User}@{Host}";
}

/// <summary>Folds accounts and grants into one SHA-256; fields carry their length, so that no two sets fold alike.</summary>
internal sealed class AccountsHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>
    /// Adds one account with its lines of <c>SHOW GRANTS</c>, whose order means nothing; nor does that of the roles in the line that grants them: a primary prints
    /// them as they were granted, a standby as they are stored.
    /// </summary>
    public void Add(StoredAccount account, SqlResult grants)
    {
        Add(account.User);
        Add(account.Host);
        Add(account.Plugin);
        Add(account.StoredPassword);
        Add(account.TlsRequirement);
        AddCount(grants.Rows.Count);
        foreach (var line in grants.Rows.Select(row => Ordered(row[0] ?? "")).Order(StringComparer.Ordinal))
            Add(line);
    }

    /// <summary>The hash in lower-case hexadecimal digits.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    /// <summary>A line that grants roles, with the roles in ordinal order; any other line as it is. Names are quoted, so that a comma in one only splits it in the same way everywhere.</summary>
    private static string Ordered(string line)
    {
        const string Grant = "GRANT ";
        var end = line.LastIndexOf(" TO ", StringComparison.Ordinal);
        if (!line.StartsWith(Grant + '`', StringComparison.Ordinal) || end < 0)
            return line;
        return $"{Grant}{string.Join(", ", line[Grant.Length..end].Split(", ").Order(StringComparer.Ordinal))}{line[end..]}";
    }

    private void Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        AddCount(bytes.Length);
        _hash.AppendData(bytes);
    }

    private void AddCount(int count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
        _hash.AppendData(bytes);
    }
}
