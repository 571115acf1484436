using System.Formats.Tar;
using System.Security.Cryptography;
using DoltDB.Operator.Drivers;
using DoltDB.Operator.Drivers.Conformance;
using FileDriver;

namespace DoltDB.Operator.Drivers.Tests;

/// <summary>The sample: as a program, and what it leaves on its server.</summary>
public sealed class FileDriverTests : IAsyncLifetime
{
    private FileServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await FileServer.StartAsync(Cancel);

    public ValueTask DisposeAsync()
    {
        server.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_sample_keeps_the_contract_as_a_program()
    {
        var checks = await new DriverConformance(new DriverProcess([FileServer.Program], TimeProvider.System), server.Target).RunAsync(Cancel);

        checks.Count.ShouldBeGreaterThan(40);
        checks.Where(check => check.Problem is not null).ShouldBeEmpty();
        Directory.GetFileSystemEntries(Path.Combine(server.Path, "databases")).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(server.Path, "accounts"), "*.json").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_suite_finds_a_driver_that_is_not_idempotent()
    {
        var checks = await new DriverConformance(new CarelessDriver(), server.Target with { HasDatabase = null }).RunAsync(Cancel);

        checks.Where(check => check.Problem is not null).Select(check => check.Name).ShouldBe(
            ["creates it again without an error", "takes a new password of the owner", "drops it again without an error", "drops a database that never was"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_owner_is_an_account_with_a_hashed_password()
    {
        await new DirectoryDriver().CreateAsync(server.Request(DriverOperation.Create), Cancel);

        var text = await File.ReadAllTextAsync(Path.Combine(server.Path, "accounts", "shop.json"), Cancel);
        text.ShouldNotContain("the-owner-secret");
        text.ShouldContain("\"user\":\"shop\"");
    }

    [Fact]
    public async Task Creating_again_changes_nothing()
    {
        var driver = new DirectoryDriver();
        await driver.CreateAsync(server.Request(DriverOperation.Create), Cancel);
        var before = Snapshot();

        (await driver.CreateAsync(server.Request(DriverOperation.Create), Cancel)).Message.ShouldBe("database shop was as described");

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task A_backup_is_whole_and_the_same_when_asked_for_again()
    {
        var driver = new DirectoryDriver();
        await driver.CreateAsync(server.Request(DriverOperation.Create), Cancel);

        var first = await driver.BackupAsync(server.Request(DriverOperation.Backup), Cancel);
        (await driver.BackupAsync(server.Request(DriverOperation.Backup), Cancel)).ShouldBe(first);

        var file = new Uri(first.Location).LocalPath;
        var content = await File.ReadAllBytesAsync(file, Cancel);
        (first.Bytes, first.Sha256).ShouldBe((content.Length, Convert.ToHexStringLower(SHA256.HashData(content))));
        await using var tar = new TarReader(File.OpenRead(file));
        (await tar.GetNextEntryAsync(cancellationToken: Cancel))!.Name.ShouldBe("database.json");
    }

    [Fact]
    public async Task A_backup_of_a_missing_database_is_refused() =>
        (await Should.ThrowAsync<DriverException>(() => new DirectoryDriver().BackupAsync(server.Request(DriverOperation.Backup), Cancel))).Error.ShouldBe(DriverError.Refused);

    private string Snapshot() => string.Join('\n', Directory.GetFiles(server.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>Creates what is there and drops what is not with an error.</summary>
    private sealed class CarelessDriver : IDriverUnderTest
    {
        private readonly HashSet<string> databases = [];

        public bool CanBeKilled => false;

        public Task<ConformanceRun> RunAsync(DriverRequest request, TimeSpan? killAfter, CancellationToken cancellationToken) => Task.FromResult(Run(request));

        private ConformanceRun Run(DriverRequest request)
        {
            if (request.Administrator?.Password != FileServer.AdminPassword)
                return new ConformanceRun { IsOk = false, Error = DriverError.AccessDenied, Message = "denied" };
            if (!request.Database.StartsWith("conformance_", StringComparison.Ordinal))
                return new ConformanceRun { IsOk = false, Error = DriverError.Invalid, Message = "bad name" };
            var isOk = request.Operation == DriverOperation.Create ? databases.Add(request.Database) : databases.Remove(request.Database);
            return new ConformanceRun { IsOk = isOk, Error = isOk ? null : DriverError.Refused, Message = isOk ? "done" : "refused" };
        }
    }
}
