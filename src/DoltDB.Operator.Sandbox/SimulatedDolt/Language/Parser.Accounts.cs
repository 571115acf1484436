using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

/// <summary>CREATE USER, ALTER USER, GRANT, REVOKE.</summary>
internal sealed partial class Parser
{
    private ImmutableArray<AccountName> ParseAccounts()
    {
        var names = ImmutableArray.CreateBuilder<AccountName>();
        do names.Add(ParseAccount());
        while (AcceptSymbol(","));
        return names.ToImmutable();
    }

    private AccountName ParseAccount()
    {
        if (Accept("current_user"))
        {
            if (AcceptSymbol("(")) ExpectSymbol(")");
            return CurrentUser;
        }

        var user = ParseNameOrText();
        return new AccountName(user, AcceptSymbol("@") ? ParseHost() : "%");
    }

    /// <summary>Stands for the account of the session that runs the statement.</summary>
    public static readonly AccountName CurrentUser = new("\0current_user", "");

    private string ParseHost()
    {
        var host = ParseNameOrText();
        while (AcceptSymbol(".")) host += "." + ParseNameOrText();
        return host;
    }

    private ImmutableArray<UserDefinition> ParseUserDefinitions()
    {
        var users = ImmutableArray.CreateBuilder<UserDefinition>();
        do users.Add(ParseUserDefinition());
        while (AcceptSymbol(","));
        return users.ToImmutable();
    }

    private UserDefinition ParseUserDefinition()
    {
        var name = ParseAccount();
        if (!Accept("identified")) return new UserDefinition(name, null, null, null);
        string? plugin = null;
        if (Accept("with"))
        {
            plugin = ParseNameOrText().ToLowerInvariant();
            if (Accept("as")) return new UserDefinition(name, plugin, null, ExpectText());
            if (!Current.IsWord("by")) return new UserDefinition(name, plugin, "", null);
        }

        Expect("by");
        return new UserDefinition(name, plugin, ExpectText(), null);
    }

    private CreateUser ParseCreateUser()
    {
        var ifNotExists = AcceptIfNotExists();
        var users = ParseUserDefinitions();
        var sslType = "";
        if (Accept("require")) sslType = Accept("ssl") ? "ANY" : Accept("x509") ? "X509" : Accept("none") ? "" : throw Unexpected();
        SkipAccountOptions(allowLock: true);
        return new CreateUser(users, ifNotExists, sslType);
    }

    private AlterUser ParseAlterUser()
    {
        var ifExists = AcceptIfExists();
        var users = ParseUserDefinitions();
        SkipAccountOptions(allowLock: false);
        return new AlterUser(users, ifExists);
    }

    /// <summary>Resource limits and password rules: Dolt takes them and ignores them. ALTER USER refuses LOCK, EXPIRE and REQUIRE.</summary>
    private void SkipAccountOptions(bool allowLock)
    {
        while (Current.Kind == TokenKind.Word)
        {
            if (Accept("with")) { while (Current.Kind is TokenKind.Word or TokenKind.Number) _at++; }
            else if (allowLock && (Current.IsWord("password") || Current.IsWord("account") || Current.IsWord("comment")
                || Current.IsWord("default") || Current.IsWord("failed_login_attempts") || Current.IsWord("attribute"))) SkipTo();
            else throw Unexpected();
        }
    }

    private Ignored ParseRename()
    {
        Expect("user");
        throw SqlErrors.General("not yet implemented");
    }

    private Grant ParseGrant()
    {
        var (privileges, all) = ParsePrivileges(allowAllKeyword: true);
        Expect("on");
        var level = ParseGrantLevel();
        Expect("to");
        var users = ParseAccounts();
        var withGrantOption = false;
        if (Accept("with"))
        {
            Expect("grant", "option");
            withGrantOption = true;
        }

        return new Grant(privileges, all, level, users, withGrantOption);
    }

    private Revoke ParseRevoke()
    {
        var start = _at;
        var (privileges, all) = ParsePrivileges(allowAllKeyword: true);
        if (all && (privileges & Privilege.GrantOption) != Privilege.None && Accept("from"))
            return new Revoke(PrivilegeNames.AllGlobal | Privilege.GrantOption, false, new GrantLevel(null, null), ParseAccounts());
        Expect("on");
        var level = ParseGrantLevel();
        if (all && level.Database is not null && _tokens[start + 1].IsWord("privileges")) throw Unexpected(_tokens[start + 2]);
        Expect("from");
        return new Revoke(privileges, all, level, ParseAccounts());
    }

    private (Privilege Privileges, bool All) ParsePrivileges(bool allowAllKeyword)
    {
        var privileges = Privilege.None;
        var all = false;
        do
        {
            var start = _at;
            var words = new List<string>();
            while (Current.Kind == TokenKind.Word && !Current.IsWord("on") && !Current.IsWord("from")) words.Add(_tokens[_at++].Value);
            var name = string.Join(' ', words);
            if (allowAllKeyword && (name.Equals("all", StringComparison.OrdinalIgnoreCase) || name.Equals("all privileges", StringComparison.OrdinalIgnoreCase))) all = true;
            else if (words.Count == 0 || Current.IsSymbol("(")) throw Unexpected();
            else privileges |= PrivilegeNames.Parse(name) ?? throw Unexpected(_tokens[start]);
        }
        while (AcceptSymbol(","));
        return (privileges, all);
    }

    private GrantLevel ParseGrantLevel()
    {
        Accept("table");
        if (AcceptSymbol("*"))
        {
            if (!AcceptSymbol(".")) return new GrantLevel("", null);
            ExpectSymbol("*");
            return new GrantLevel(null, null);
        }

        var first = ParseName();
        if (!AcceptSymbol(".")) return new GrantLevel("", first);
        return AcceptSymbol("*") ? new GrantLevel(first, null) : new GrantLevel(first, ParseName());
    }
}
