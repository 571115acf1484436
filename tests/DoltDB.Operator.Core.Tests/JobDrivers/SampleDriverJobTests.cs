using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Drivers.Conformance;
using DoltDB.Operator.Drivers.Tests;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.JobDrivers;

/// <summary>The sample driver where it is meant to run.</summary>
public sealed class SampleDriverJobTests : IAsyncLifetime
{
    private FileServer server = null!;
    private DriverInJobs driver = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await FileServer.StartAsync(Cancel);
        driver = await DriverInJobs.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await driver.DisposeAsync();
        server.Dispose();
    }

    [Fact]
    public async Task The_sample_keeps_the_contract_as_jobs()
    {
        var checks = await new DriverConformance(driver, server.Target).RunAsync(Cancel);

        checks.Count.ShouldBeGreaterThan(20);
        checks.Where(check => check.Problem is not null).ShouldBeEmpty();
        (await driver.Client.ListAsync(BuiltInKinds.Secret, new ListOptions { Namespace = "default" }, Cancel)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_database_comes_is_backed_up_and_goes()
    {
        await RunAsync(Drivers.DriverOperation.Create);
        (server.HasDatabase("shop"), server.HasAccount("shop")).ShouldBe((true, true));

        var backup = (await RunAsync(Drivers.DriverOperation.Backup)).Result;
        File.Exists(new Uri(backup.Location!).LocalPath).ShouldBeTrue();
        (backup.Version, backup.Sha256!.Length).ShouldBe(("1.0", 64));

        await RunAsync(Drivers.DriverOperation.Drop);
        (server.HasDatabase("shop"), server.HasAccount("shop")).ShouldBe((false, false));
    }

    private async Task<DriverJobOutcome.Succeeded> RunAsync(Drivers.DriverOperation operation) =>
        (await driver.EndAsync(driver.Translate(server.Request(operation)), Cancel)).ShouldBeOfType<DriverJobOutcome.Succeeded>();
}
