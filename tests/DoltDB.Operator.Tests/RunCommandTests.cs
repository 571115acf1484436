using DoltDB.Operator.Commands;
using DoltDB.Operator.Hosting;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Tests;

public sealed class RunCommandTests
{
    [Fact]
    public async Task The_flags_of_the_Go_operator_are_understood()
    {
        var options = await ParseAsync(
            "--metrics-bind-address=:8443", "--metrics-secure=false", "--health-probe-bind-address", "127.0.0.1:9000", "--leader-elect", "--leader-election-id=lease",
            "--leader-election-namespace=ns", "--enable-http2", "--max-concurrent-reconciles=3", "--max-doltdb-concurrent-reconciles", "7", "--log-dev-mode", "--log-sql",
            "--requeue-sql=1m30s", "--watch-namespaces=a, b", "--zap-log-level=debug", "--zap-time-encoding=rfc3339", "--zap-stacktrace-level=error");
        options.ShouldNotBeNull();
        options.WatchNamespaces.ShouldBe(["a", "b"]);
        (options.LeaderElect, options.LeaderElectionId, options.LeaderElectionNamespace).ShouldBe((true, "lease", "ns"));
        (options.MaxConcurrentReconciles, options.MaxDoltDbConcurrentReconciles).ShouldBe((3, 7));
        options.RequeueSql.ShouldBe(TimeSpan.FromSeconds(90));
        options.LogLevel.ShouldBe(LogLevel.Debug);
        options.MetricsSecure.ShouldBeFalse();
    }

    [Fact]
    public async Task The_defaults_of_the_command_line_are_those_of_the_options()
    {
        var options = await ParseAsync();
        options!.WatchNamespaces.ShouldBeEmpty();
        (options with { WatchNamespaces = new OperatorOptions().WatchNamespaces }).ToString().ShouldBe(new OperatorOptions().ToString());
    }

    [Theory]
    [InlineData("--requeue-sql=soon", "--requeue-sql")]
    [InlineData("--max-concurrent-reconciles=0", "--max-concurrent-reconciles")]
    [InlineData("--no-such-flag", "--no-such-flag")]
    public void A_wrong_flag_is_named(string argument, string name)
    {
        var result = RunCommand.Create((_, _) => Task.FromResult(0)).Parse([argument]);
        result.Errors.ShouldContain(error => error.Message.Contains(name));
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("", null)]
    [InlineData(":8081", "[::]:8081")]
    [InlineData("8081", "[::]:8081")]
    [InlineData("0.0.0.0:8081", "0.0.0.0:8081")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    public void Addresses_are_written_as_Go_programs_write_them(string text, string? address) =>
        BindAddress.Parse(text, "--flag")?.ToString().ShouldBe(address);

    [Fact]
    public void A_wrong_address_names_its_flag() =>
        Should.Throw<FormatException>(() => BindAddress.Parse("nowhere", "--metrics-bind-address")).Message.ShouldContain("--metrics-bind-address");

    private static async Task<OperatorOptions?> ParseAsync(params string[] arguments)
    {
        OperatorOptions? seen = null;
        var command = RunCommand.Create((options, _) =>
        {
            seen = options;
            return Task.FromResult(0);
        });
        await command.Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        return seen;
    }
}
