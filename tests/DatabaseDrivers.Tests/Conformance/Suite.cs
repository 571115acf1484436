using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Conformance;

/// <summary>What every part of the suite uses.</summary>
public abstract class Suite(TestEngine engine)
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected TestEngine Engine => engine;

    protected IDatabaseDriver Driver => engine.Driver;

    protected ServerEndpoint Server => engine.Server;

    protected Task<bool> EnsureAsync(DatabaseDefinition database, DatabaseDefinition? applied = null) =>
        Driver.EnsureDatabaseAsync(Server, database, applied, Token);

    protected Task<bool> EnsureAsync(AccountDefinition account) => Driver.EnsureAccountAsync(Server, account, Token);

    protected Task<bool> EnsureAsync(GrantDefinition grant) => Driver.EnsureGrantAsync(Server, grant, Token);

    protected Task RevokeAsync(GrantDefinition grant) => Driver.RevokeAsync(Server, grant, Token);

    /// <summary>The call is refused for that reason, in a message that names what is wrong.</summary>
    protected static async Task<DriverException> ShouldFailAsync(DriverError error, Task call, string naming = "")
    {
        var exception = await Should.ThrowAsync<DriverException>(call);
        exception.Error.ShouldBe(error, exception.ToString());
        exception.Message.ShouldContain(naming);
        return exception;
    }

    protected async Task ShouldLogInAsync(string user, string password, bool encrypted = false)
    {
        await using var session = await engine.LoginAsync(user, password, encrypted: encrypted);
        (await session.ReadAsync("SELECT 1")).ShouldBe("1");
    }

    protected Task ShouldNotLogInAsync(string user, string password) =>
        Should.ThrowAsync<RefusedException>(async () => await (await engine.LoginAsync(user, password)).DisposeAsync());

    /// <summary>Whether an account may read the rows of a table; a login that is refused means no.</summary>
    protected Task<bool> MayReadAsync(AccountDefinition account, string database, string table = "items") =>
        MayAsync(account, database, session => session.ReadAsync($"SELECT COUNT(*) FROM {engine.Table(database, table)}"));

    /// <summary>Whether an account may change the rows of a table.</summary>
    protected Task<bool> MayWriteAsync(AccountDefinition account, string database, string table = "items") =>
        MayAsync(account, database, session => session.ExecuteAsync($"DELETE FROM {engine.Table(database, table)} WHERE id < 0"));

    protected async Task<bool> MayAsync(AccountDefinition account, string database, Func<ITestSession, Task> attempt)
    {
        try
        {
            await using var session = await engine.LoginAsync(account.Name.User, account.Password, database);
            await attempt(session);
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    /// <summary>The call changes nothing and says only readings, few of them.</summary>
    protected async Task ShouldOnlyReadAsync(Func<IDatabaseDriver, ServerEndpoint, Task<bool>> ensure, int readings)
    {
        await using var proxy = new RecordingProxy(Server.Port, engine.Engine == "PostgreSQL");
        var server = Server with { Host = "127.0.0.1", Port = proxy.Port };
        (await ensure(Driver, server)).ShouldBeFalse();
        proxy.Take();
        (await ensure(Driver, server)).ShouldBeFalse();
        var statements = proxy.Take();
        statements.ShouldAllBe(statement => statement.StartsWith("SELECT ", StringComparison.Ordinal) || statement.StartsWith("SHOW ", StringComparison.Ordinal));
        statements.Count.ShouldBeInRange(1, readings, string.Join('\n', statements));
    }
}
