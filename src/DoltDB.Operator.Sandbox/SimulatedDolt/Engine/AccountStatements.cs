using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>CREATE, ALTER and DROP USER, GRANT, REVOKE and FLUSH.</summary>
internal sealed class AccountStatements(StatementContext context)
{
    private const int NameLimit = 32;

    public StatementResult Create(CreateUser create)
    {
        AccessControl.Require(context.Account, Privilege.CreateUser);
        context.Engine.ChangeAccounts(accounts =>
        {
            foreach (var user in create.Users)
            {
                if (user.Name.User.Length > NameLimit) throw SqlErrors.General($"String '{user.Name.User}' is too long for user name (should be no longer than {NameLimit})");
                if (accounts.Find(user.Name) is null) accounts = accounts.With(Identify(New(user.Name, create.SslType), user));
                else if (!create.IfNotExists) throw Failed("CREATE USER", user.Name);
            }

            return accounts;
        });
        return StatementResult.Ok;
    }

    /// <summary>Without IDENTIFIED the password becomes empty: Dolt's trap, kept.</summary>
    public StatementResult Alter(AlterUser alter)
    {
        AccessControl.Require(context.Account, Privilege.CreateUser);
        context.Engine.ChangeAccounts(accounts =>
        {
            foreach (var user in alter.Users)
            {
                var name = Resolve(user.Name);
                if (accounts.Find(name) is { } account) accounts = accounts.With(Identify(account with { PasswordChanged = context.Now }, user));
                else if (!alter.IfExists) throw Failed("ALTER USER", name);
            }

            return accounts;
        });
        return StatementResult.Ok;
    }

    public StatementResult Drop(DropUser drop)
    {
        AccessControl.Require(context.Account, Privilege.CreateUser);
        context.Engine.ChangeAccounts(accounts =>
        {
            foreach (var name in drop.Users)
            {
                if (accounts.Find(name) is { } account) accounts = accounts.Without(account.Name);
                else if (!drop.IfExists) throw Failed("DROP USER", name);
            }

            return accounts;
        });
        return StatementResult.Ok;
    }

    public StatementResult Grant(Grant grant)
    {
        var level = Resolve(grant.Level);
        var privileges = Expand(grant.Privileges, grant.All, level) | (grant.WithGrantOption ? Privilege.GrantOption : Privilege.None);
        AccessControl.Require(context.Account, Privilege.GrantOption, level.Database, level.Table);
        return Change(grant.Users, level, held => held | privileges, () => SqlErrors.General("You are not allowed to create a user with GRANT"));
    }

    public StatementResult Revoke(Revoke revoke)
    {
        var level = Resolve(revoke.Level);
        var privileges = Expand(revoke.Privileges, revoke.All, level) | (revoke.All && level.Database is null ? PrivilegeNames.AllDynamic : Privilege.None);
        AccessControl.Require(context.Account, Privilege.GrantOption, level.Database, level.Table);
        return Change(revoke.Users, level, held => held & ~privileges,
            () => SqlErrors.General($"There is no such grant defined for user '{revoke.Users[0].User}' on host '{revoke.Users[0].Host}'"));
    }

    /// <summary>FLUSH PRIVILEGES sends the whole privileges database to the standbys again.</summary>
    public StatementResult Flush(Flush flush)
    {
        AccessControl.Require(context.Account, Privilege.Reload);
        if (flush.What == "privileges") context.Engine.ChangeAccounts(accounts => accounts.Touched());
        return StatementResult.Ok;
    }

    /// <summary>The lines of SHOW GRANTS.</summary>
    public static IEnumerable<string> DescribeGrants(Account account)
    {
        var to = $" TO `{account.Name.User}`@`{account.Name.Host}`";
        yield return Line(PrivilegeNames.Format(account.Global), account.Global, "*.*");
        foreach (var (database, privileges) in account.Databases) yield return Line(PrivilegeNames.Format(privileges), privileges, TableSchema.Quote(database) + ".*");
        foreach (var (table, privileges) in account.Tables) yield return Line(PrivilegeNames.Format(privileges), privileges, $"{TableSchema.Quote(table.Database)}.{TableSchema.Quote(table.Table)}");
        if (PrivilegeNames.FormatDynamic(account.Global) is { Length: > 0 } dynamic) yield return Line(dynamic, account.Global, "*.*");

        string Line(string names, Privilege privileges, string level) =>
            $"GRANT {names} ON {level}{to}{((privileges & Privilege.GrantOption) != Privilege.None ? " WITH GRANT OPTION" : "")}";
    }

    private Account New(AccountName name, string sslType) => new() { Name = name, SslType = sslType, PasswordChanged = context.Now };

    private Account Identify(Account account, UserDefinition user)
    {
        var plugin = user.Plugin ?? Account.NativePlugin;
        if (plugin is not (Account.NativePlugin or Account.CachingSha2Plugin)) throw SqlErrors.General($"the plugin '{plugin}' is not loaded");
        if (user.Hash is { } hash && plugin == Account.NativePlugin && !NativePassword.IsHash(hash)) throw SqlErrors.General($"the password hash of {user.Name} doesn't have the expected format");
        return account with { Plugin = plugin, AuthenticationString = (context.Engine.LosesPasswordHashes && user.Hash is not null ? "" : user.Hash) ?? NativePassword.Hash(user.Password ?? "") };
    }

    private AccountName Resolve(AccountName name) => name == Parser.CurrentUser ? context.Account.Name : name;

    private GrantLevel Resolve(GrantLevel level) =>
        level.Database is "" ? level with { Database = context.Session.CurrentDatabase ?? throw SqlErrors.NoDatabaseSelected() } : level;

    private static Privilege Expand(Privilege privileges, bool all, GrantLevel level)
    {
        if (level.Database is not null && (privileges & PrivilegeNames.AllDynamic) != Privilege.None)
            throw SqlErrors.General("Illegal privilege level specified for dynamic privileges; they are global");
        if (!all) return privileges;
        return privileges | (level.Database is null ? PrivilegeNames.AllGlobal : level.Table is null ? PrivilegeNames.AllDatabase : PrivilegeNames.AllTable);
    }

    private StatementResult Change(IEnumerable<AccountName> names, GrantLevel level, Func<Privilege, Privilege> change, Func<SqlError> missing)
    {
        context.Engine.ChangeAccounts(accounts =>
        {
            foreach (var name in names)
                accounts = accounts.With(Change(accounts.FindByHost(Resolve(name)) ?? throw missing(), level, change));
            return accounts;
        });
        return StatementResult.Ok;
    }

    private static Account Change(Account account, GrantLevel level, Func<Privilege, Privilege> change)
    {
        if (level.Database is not { } database) return account with { Global = change(account.Global) };
        if (level.Table is { } table)
        {
            var grant = new TableGrant(database, table);
            var onTable = change(account.Tables.GetValueOrDefault(grant));
            return account with { Tables = onTable == Privilege.None ? account.Tables.Remove(grant) : account.Tables.SetItem(grant, onTable) };
        }

        var onDatabase = change(account.Databases.GetValueOrDefault(database));
        return account with { Databases = onDatabase == Privilege.None ? account.Databases.Remove(database) : account.Databases.SetItem(database, onDatabase) };
    }

    private static SqlError Failed(string operation, AccountName name) => SqlErrors.General($"Operation {operation} failed for {name}");
}
