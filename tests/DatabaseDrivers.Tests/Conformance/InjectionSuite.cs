using System.Globalization;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Conformance;

/// <summary>Names and passwords of every kind: each is taken exactly as it is, or refused as invalid, and nothing else on the server changes.</summary>
public abstract class InjectionSuite(TestEngine engine) : Suite(engine)
{
    private const int RandomTexts = 40;

    public static TheoryData<string> Texts =>
    [
        "it's", "'", "''", "\\", "\\'", "\\\\'", "x\\", "\"", "\"\"", "`", "``", "a`b", "x` WITH GRANT OPTION", "%", "_", "a%b_c", "a;b", "; DROP DATABASE mysql; --",
        "'; DROP TABLE items; --", "' OR '1'='1", "-- comment", "/* comment */", "a/*b*/c", "# comment", "a--b", "$1", "$$", "{0}", "E'x'", "@@version", "a@b",
        "x'@'%", "line\nbreak", "carriage\rreturn", "tab\tstop", "nul\0inside", "\u001a", "\u007f", "grüße", "e\u0301", "\u00e9", "🐬", "日本語", "\u202eright", "\ufeffmark",
        "\ud800", "Ünïcödé", " leading", "trailing ", "CamelCase", "select", "*", "%s", "a b", "a.b", "a/b", "-a", "0", "null",
        "0123456789012345678901234567890", "01234567890123456789012345678901", "012345678901234567890123456789012",
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678",
        "012345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "ééééééééééééééééééééééééééééééé", "éééééééééééééééééééééééééééééééé",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public Task A_user_name(string text) => TryUserAsync(text);

    [Theory]
    [MemberData(nameof(Texts))]
    public Task A_password(string text) => TryPasswordAsync(text);

    [Theory]
    [MemberData(nameof(Texts))]
    public Task A_database_name(string text) => TryDatabaseAsync(text);

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_host(string text)
    {
        if (!Engine.Has(DriverCapabilities.Hosts))
            return;
        var account = new AccountDefinition { Name = new(Engine.NewName("app"), text), Password = "any-secret" };
        await TryAsync("host", () => EnsureAsync(account), () => Driver.HasAccountAsync(Server, account.Name, Token), () => Driver.DropAccountAsync(Server, account.Name, Token));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_privilege_a_table_and_a_role(string text)
    {
        var account = await Engine.CreateAccountAsync();
        var database = Engine.NewName("absent");
        var before = await Engine.ReadFingerprintAsync();
        if (!text.Equals("select", StringComparison.OrdinalIgnoreCase))
            await Should.ThrowAsync<DriverException>(EnsureAsync(new GrantDefinition { Account = account.Name, Database = database, Privileges = [text] }));
        await Should.ThrowAsync<DriverException>(EnsureAsync(new GrantDefinition { Account = account.Name, Roles = [text] }));
        (await Engine.ReadFingerprintAsync()).ShouldBe(before);
        var grant = new GrantDefinition { Account = account.Name, Database = database, Table = text, Privileges = ["SELECT"] };
        try
        {
            await EnsureAsync(grant);
            await RevokeAsync(grant);
        }
        catch (DriverException exception) when (exception.Error is DriverError.Invalid or DriverError.Missing)
        {
            // There is no such table, or none can be called so.
        }

        (await Engine.ReadFingerprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Random_texts()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed.ToString(CultureInfo.InvariantCulture)}");
        var random = new Random(seed);
        for (var count = 0; count < RandomTexts; count++)
        {
            var text = RandomText(random);
            try
            {
                await (random.Next(3) switch { 0 => TryUserAsync(text), 1 => TryPasswordAsync(text), _ => TryDatabaseAsync(text) });
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {seed}, text {string.Join(' ', text.Select(character => $"U+{(int)character:X4}"))}", exception);
            }
        }
    }

    private static string RandomText(Random random)
    {
        string[] pieces = ["'", "\"", "`", "\\", "%", "_", ";", "--", "/*", "*/", "\n", "\0", "é", "🐬", "e\u0301", "a", "B", "7", " ", "$", "@", ".", "/", "\u00a0", "ﬁ"];
        return string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    private Task TryUserAsync(string text)
    {
        var account = new AccountDefinition { Name = new(text, "%"), Password = "corpus-secret" };
        return TryAsync("user name", () => EnsureAsync(account), async () =>
        {
            await ShouldLogInAsync(text, account.Password);
            await EnsureAsync(new GrantDefinition { Account = account.Name, Database = GrantedDatabase, Privileges = ["SELECT"] });
            (await EnsureAsync(new GrantDefinition { Account = account.Name, Database = GrantedDatabase, Privileges = ["SELECT"] })).ShouldBeFalse();
            return !await EnsureAsync(account);
        }, () => Driver.DropAccountAsync(Server, account.Name, Token));
    }

    private async Task TryPasswordAsync(string text)
    {
        var account = await Engine.CreateAccountAsync();
        await TryAsync("password", () => EnsureAsync(account with { Password = text }), async () =>
        {
            await ShouldLogInAsync(account.Name.User, text);
            await ShouldNotLogInAsync(account.Name.User, account.Password);
            return !await EnsureAsync(account with { Password = text, IsPasswordApplied = true });
        }, async () => await Driver.DropAccountAsync(Server, account.Name, Token), account.Name);
    }

    private async Task TryDatabaseAsync(string text)
    {
        var database = new DatabaseDefinition { Name = text };
        var account = await Engine.CreateAccountAsync();
        await TryAsync("database name", () => EnsureAsync(database), async () =>
        {
            await (await Engine.LoginAsAdministratorAsync(text)).DisposeAsync();
            var grant = new GrantDefinition { Account = account.Name, Database = text, Privileges = ["SELECT"] };
            (await EnsureAsync(grant)).ShouldBeTrue();
            (await EnsureAsync(grant)).ShouldBeFalse();
            (await MayAsync(account, text, session => session.ReadAsync("SELECT 1"))).ShouldBeTrue();
            await RevokeAsync(grant);
            return !await EnsureAsync(database);
        }, () => Driver.DropDatabaseAsync(Server, text, Token));
    }

    /// <summary>A database that is there in every engine, so that a grant can name it.</summary>
    protected abstract string GrantedDatabase { get; }

    private async Task TryAsync(string field, Func<Task<bool>> ensure, Func<Task<bool>> isExact, Func<Task> drop, AccountName? changed = null)
    {
        var before = changed is null ? await Engine.ReadFingerprintAsync() : null;
        try
        {
            (await ensure()).ShouldBeTrue();
            (await isExact()).ShouldBeTrue();
            await drop();
        }
        catch (DriverException exception) when (exception.Error == DriverError.Invalid)
        {
            exception.Message.ShouldContain(field);
            if (changed is not null)
                await ShouldLogInAsync(changed.User, "first-secret");
        }

        if (before is not null)
            (await Engine.ReadFingerprintAsync()).ShouldBe(before);
    }
}
