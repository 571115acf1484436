using System.Collections.Immutable;
using System.Globalization;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;

/// <summary><c>privileges.db</c>: all accounts in one binary file, replaced as a whole.</summary>
internal static class AccountFile
{
    private const string Format = "simulated privileges 1";

    /// <summary>Null when the file does not exist.</summary>
    public static AccountSet? Load(string path)
    {
        if (!File.Exists(path)) return null;
        using var reader = new BinaryReader(File.OpenRead(path));
        if (reader.ReadString() != Format) throw new InvalidDataException($"{path} is no privileges file of the simulated server");
        var accounts = AccountSet.Empty;
        for (var count = reader.ReadInt32(); count > 0; count--) accounts = accounts.With(Read(reader));
        return accounts;
    }

    public static void Save(string path, AccountSet accounts)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var writer = new BinaryWriter(File.Create(path + ".new")))
        {
            writer.Write(Format);
            writer.Write(accounts.All.Count());
            foreach (var account in accounts.All) Write(writer, account);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private static void Write(BinaryWriter writer, Account account)
    {
        writer.Write(account.Name.User);
        writer.Write(account.Name.Host);
        writer.Write(account.Plugin);
        writer.Write(account.AuthenticationString);
        writer.Write(account.SslType);
        writer.Write(account.PasswordChanged.Ticks.ToString(CultureInfo.InvariantCulture));
        writer.Write((ulong)account.Global);
        writer.Write(account.Databases.Count);
        foreach (var (database, privileges) in account.Databases)
        {
            writer.Write(database);
            writer.Write((ulong)privileges);
        }

        writer.Write(account.Tables.Count);
        foreach (var (table, privileges) in account.Tables)
        {
            writer.Write(table.Database);
            writer.Write(table.Table);
            writer.Write((ulong)privileges);
        }
    }

    private static Account Read(BinaryReader reader)
    {
        var account = new Account
        {
            Name = new AccountName(reader.ReadString(), reader.ReadString()),
            Plugin = reader.ReadString(),
            AuthenticationString = reader.ReadString(),
            SslType = reader.ReadString(),
            PasswordChanged = new DateTime(long.Parse(reader.ReadString(), CultureInfo.InvariantCulture), DateTimeKind.Utc),
            Global = (Privilege)reader.ReadUInt64(),
        };
        for (var count = reader.ReadInt32(); count > 0; count--)
            account = account with { Databases = account.Databases.Add(reader.ReadString(), (Privilege)reader.ReadUInt64()) };
        var tables = account.Tables.ToBuilder();
        for (var count = reader.ReadInt32(); count > 0; count--)
            tables.Add(new TableGrant(reader.ReadString(), reader.ReadString()), (Privilege)reader.ReadUInt64());
        return account with { Tables = tables.ToImmutable() };
    }
}
