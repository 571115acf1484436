using DoltDB.Operator.Sql;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Sql.Drivers.Dolt;
using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DatabaseDrivers.Tests.Units;

/// <summary>A server that takes every password and stores none.</summary>
public sealed class UnstoredPasswordTests
{
    private static readonly AccountDefinition s_account = new() { Name = new("app", "%"), Password = "first-secret" };

    private readonly ForgetfulServer _server = new();

    [Fact]
    public async Task A_new_account_is_dropped_again()
    {
        var exception = await Should.ThrowAsync<DriverException>(DoltAccounts.EnsureAsync(CreateSession(), s_account));
        exception.Error.ShouldBe(DriverError.Refused);
        exception.Message.ShouldContain("dropped again");
        exception.ToString().ShouldNotContain(s_account.Password);
        _server.HasAccount.ShouldBeFalse();
    }

    [Fact]
    public async Task An_account_that_was_there_stays_and_the_failure_tells_that_it_is_open()
    {
        _server.HasAccount = true;
        var exception = await Should.ThrowAsync<DriverException>(DoltAccounts.EnsureAsync(CreateSession(), s_account));
        exception.Error.ShouldBe(DriverError.Refused);
        exception.Message.ShouldContain("may let anybody in");
        _server.HasAccount.ShouldBeTrue();
    }

    private DriverSession CreateSession() => new(
        new ServerEndpoint { Host = "db", Port = 3306, User = "root", Password = "any" }, _server, "8.0.33", new DriverOptions(), TestContext.Current.CancellationToken);

    private sealed class ForgetfulServer : IDriverConnection, ISqlSession
    {
        public bool HasAccount { get; set; }

        public bool IsUsable => true;

        public ISqlSession Current => this;

        public Task<ISqlSession> LeaseAsync() => Task.FromResult<ISqlSession>(this);

        public Task RunAloneAsync(string statement) => QueryAsync(statement, TimeSpan.Zero, CancellationToken.None);

        public async Task<long> ExecuteAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken) =>
            (await QueryAsync(statement, deadline, cancellationToken)).Rows.Count;

        public Task<SqlResult> QueryAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken)
        {
            if (statement.StartsWith("CREATE USER", StringComparison.Ordinal))
                HasAccount = true;
            if (statement.StartsWith("DROP USER", StringComparison.Ordinal))
                HasAccount = false;
            var reads = statement.StartsWith("SELECT", StringComparison.Ordinal) && HasAccount;
            return Task.FromResult(new SqlResult
            {
                Columns = ["User", "Host", "plugin", "authentication_string", "ssl_type"],
                Rows = reads ? [["app", "%", "mysql_native_password", "", ""]] : [],
                AffectedRows = 0,
                Warnings = 0,
            });
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
