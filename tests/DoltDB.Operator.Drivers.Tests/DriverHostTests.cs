using System.Text;
using System.Text.Json;
using DoltDB.Operator.Drivers;

namespace DoltDB.Operator.Drivers.Tests;

public sealed class DriverHostTests : IDisposable
{
    private const string AdminPassword = "the-admin-secret";

    private readonly DirectoryInfo input = Directory.CreateTempSubdirectory("driver-host-");
    private readonly Dictionary<string, string> variables;
    private readonly StringWriter log = new();
    private readonly StringWriter printed = new();

    public DriverHostTests()
    {
        variables = new(StringComparer.Ordinal)
        {
            ["DB_OPERATOR_INPUT"] = input.FullName,
            ["DB_OPERATOR_RESULT"] = ResultFile,
            ["DB_OPERATOR_OPERATION"] = "create",
            ["DB_OPERATOR_DATABASE"] = "shop-object",
            ["DB_OPERATOR_NAMESPACE"] = "default",
        };
        Write("request.json", """{"version":1,"operation":"create","engine":"test","database":"shop","host":"db","port":99,"tls":{"mode":"VerifyCA"},"parameters":{"a":"b"},"charset":"utf8","future":{}}""");
        Write("admin-username", "admin");
        Write("admin-password", AdminPassword);
        Write("ca.crt", "PEM");
    }

    private string ResultFile => Path.Combine(input.FullName, "result");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => input.Delete(recursive: true);

    [Fact]
    public async Task The_driver_gets_what_was_asked_for()
    {
        DriverRequest? seen = null;
        (await RunAsync(new FakeDriver(request => { seen = request; return new DriverResult("made") { Version = "7" }; }))).ShouldBe(DriverExitCode.Ok);

        var request = seen.ShouldNotBeNull();
        (request.Operation, request.Database, request.Host, request.Port, request.Charset).ShouldBe((DriverOperation.Create, "shop", "db", 99, "utf8"));
        request.Administrator.ShouldBe(new DriverAccount("admin", AdminPassword));
        request.Owner.ShouldBeNull();
        request.Required("a").ShouldBe("b");
        (request.Tls.Mode, Path.GetFileName(request.Tls.CertificateAuthorityFile)).ShouldBe((DriverTlsMode.VerifyCA, "ca.crt"));
        (request.ObjectName, request.Namespace).ShouldBe(("shop-object", "default"));
        ReadResult().ShouldBe("""{"result":"ok","message":"made","version":"7"}""");
    }

    [Fact]
    public async Task Action_is_another_name_of_operation()
    {
        variables.Remove("DB_OPERATOR_OPERATION");
        variables["DB_OPERATOR_ACTION"] = "create";
        (await RunAsync(new FakeDriver(_ => new DriverResult("made")))).ShouldBe(DriverExitCode.Ok);
    }

    [Theory]
    [InlineData(DriverError.Unreachable, 69)]
    [InlineData(DriverError.AccessDenied, 77)]
    [InlineData(DriverError.Unsupported, 65)]
    [InlineData(DriverError.Invalid, 65)]
    [InlineData(DriverError.Refused, 75)]
    [InlineData(DriverError.Unknown, 70)]
    public async Task A_named_error_becomes_the_result_and_the_exit_code(DriverError error, int exitCode)
    {
        (await RunAsync(new FakeDriver(_ => throw new DriverException(error, "because")))).ShouldBe(exitCode);
        ReadResult().ShouldBe($$"""{"result":"failed","error":"{{error}}","message":"because"}""");
    }

    [Fact]
    public async Task A_crash_is_reported_and_logged_with_its_trace()
    {
        (await RunAsync(new FakeDriver(_ => throw new InvalidDataException("odd bytes")))).ShouldBe(DriverExitCode.Software);
        ReadResult().ShouldContain("InvalidDataException: odd bytes");
        log.ToString().ShouldContain(nameof(FakeDriver));
    }

    [Fact]
    public async Task A_password_gets_neither_into_the_result_nor_into_the_log()
    {
        await RunAsync(new FakeDriver(_ => throw new InvalidDataException($"login of admin:{AdminPassword} failed")));
        await RunAsync(new FakeDriver(_ => new DriverResult($"used {AdminPassword}") { Version = AdminPassword }));

        (log + ReadResult()).ShouldNotContain(AdminPassword);
        ReadResult().ShouldContain("used ***");
    }

    [Fact]
    public async Task A_long_message_is_cut_to_what_is_carried()
    {
        await RunAsync(new FakeDriver(_ => throw new DriverException(DriverError.Refused, new string('ä', 100_000) + "\"\n")));

        var bytes = Encoding.UTF8.GetBytes(ReadResult());
        bytes.Length.ShouldBeLessThanOrEqualTo(4096);
        JsonDocument.Parse(bytes).RootElement.GetProperty("error").GetString().ShouldBe("Refused");
    }

    [Fact]
    public async Task A_stopped_driver_says_so()
    {
        using var stop = new CancellationTokenSource();
        var driver = new FakeDriver(_ => { stop.Cancel(); stop.Token.ThrowIfCancellationRequested(); return new DriverResult("never"); });
        (await Host(driver).RunAsync([], stop.Token)).ShouldBe(DriverExitCode.TryAgain);
        ReadResult().ShouldContain("stopped");
    }

    [Theory]
    [InlineData("request.json", null, "request.json cannot be read")]
    [InlineData("request.json", "{", "request.json cannot be read")]
    [InlineData("request.json", """{"version":2,"engine":"test","database":"shop"}""", "version 2")]
    [InlineData("request.json", """{"version":1,"database":"shop"}""", "no engine")]
    [InlineData("request.json", """{"version":1,"engine":"test"}""", "no database")]
    [InlineData("request.json", """{"version":1,"engine":"test","database":"shop","operation":"drop"}""", "request.json says drop")]
    [InlineData("request.json", """{"version":1,"engine":"test","database":"shop","tls":{"mode":"Perhaps"}}""", "tls.mode is Perhaps")]
    [InlineData("request.json", """{"version":1,"engine":"other","database":"shop"}""", "served are test")]
    public async Task Input_that_cannot_be_used_is_named(string file, string? content, string said)
    {
        File.Delete(Path.Combine(input.FullName, file));
        if (content is not null)
            Write(file, content);

        (await RunAsync(new FakeDriver(_ => throw new InvalidOperationException("must not be called")))).ShouldBe(DriverExitCode.Configuration);
        ReadResult().ShouldContain(said);
    }

    [Theory]
    [InlineData(null, "DB_OPERATOR_OPERATION is not set")]
    [InlineData("restore", "it must be create, drop or backup")]
    [InlineData("backup", "DB_OPERATOR_BACKUP is not set")]
    public async Task An_operation_that_is_none_is_named(string? operation, string said)
    {
        variables["DB_OPERATOR_OPERATION"] = operation ?? "";
        Write("request.json", """{"version":1,"engine":"test","database":"shop"}""");
        (await RunAsync(new FakeDriver(_ => new DriverResult("never")))).ShouldBe(DriverExitCode.Configuration);
        ReadResult().ShouldContain(said);
    }

    [Fact]
    public async Task A_driver_without_backups_refuses_them()
    {
        (variables["DB_OPERATOR_OPERATION"], variables["DB_OPERATOR_BACKUP"]) = ("backup", "nightly");
        Write("request.json", """{"version":1,"engine":"test","database":"shop"}""");
        (await RunAsync(new FakeDriver(_ => new DriverResult("never")))).ShouldBe(DriverExitCode.Invalid);
        ReadResult().ShouldContain("Unsupported");
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_is_no_success()
    {
        variables["DB_OPERATOR_RESULT"] = Path.Combine(input.FullName, "missing", "result");
        (await RunAsync(new FakeDriver(_ => new DriverResult("made")))).ShouldBe(DriverExitCode.Software);
        log.ToString().ShouldContain("cannot be written");
    }

    [Fact]
    public async Task Help_lists_the_engines_and_other_arguments_are_refused()
    {
        (await Host(new FakeDriver(_ => new DriverResult("never"))).RunAsync(["--help"], Cancel)).ShouldBe(DriverExitCode.Ok);
        printed.ToString().ShouldContain("test: create, drop");
        (await Host(new FakeDriver(_ => new DriverResult("never"))).RunAsync(["--now"], Cancel)).ShouldBe(DriverExitCode.Usage);
    }

    [Fact]
    public async Task Every_line_of_the_log_is_an_object()
    {
        await RunAsync(new FakeDriver(_ => new DriverResult("made")));
        var lines = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        lines.ShouldAllBe(line => JsonDocument.Parse(line, default).RootElement.GetProperty("database").GetString() == "shop");
    }

    private Task<int> RunAsync(IDriver driver) => Host(driver).RunAsync([], Cancel);

    private DriverHost Host(IDriver driver) => new DriverHost(name => variables.GetValueOrDefault(name), printed, log, TimeProvider.System).Serve("test", driver);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(input.FullName, file), text);

    private string ReadResult() => File.ReadAllText(ResultFile);

    private sealed class FakeDriver(Func<DriverRequest, DriverResult> act) : IDriver
    {
        public Task<DriverResult> CreateAsync(DriverRequest request, CancellationToken cancellationToken) => Task.FromResult(act(request));

        public Task<DriverResult> DropAsync(DriverRequest request, CancellationToken cancellationToken) => Task.FromResult(act(request));
    }
}
