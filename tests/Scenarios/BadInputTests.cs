using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>Wrong input is refused or explained, and the running cluster is left alone.</summary>
public sealed class BadInputTests
{
    [Fact]
    public async Task An_unknown_field_is_warned_of()
    {
        await using var laptop = await Laptop.StartAsync();
        var applied = await laptop.ApplyAsync(Manifests.DoltDb("db", "replicaz: 2\nstorage: {size: 1Gi}"));
        applied.ShouldHaveSingleItem().Warnings.ShouldContain(warning => warning.Contains("spec.replicaz"));
    }

    [Fact]
    public async Task A_spec_that_is_refused_keeps_no_writes_from_the_next_primary()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 3, extra: "failover: {delaySeconds: 2}"));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db", rows: 2);
        await shop.AwaitProvenAsync(standbys: 2);
        await laptop.ApplyAsync(Reference.Servers("db", 3, extra: "failover: {delaySeconds: 2}\nserver: {logLevel: verbose}"));
        await laptop.AwaitAsync("db", c => c.Status?.Conditions?.Any(condition => condition.Reason == "InvalidSpec") == true, "the refusal");
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary is { } primary && primary != "db-0", "a standby takes over");
        await shop.AwaitRowsAsync(2);
        await shop.WriteAsync(3);
    }

    [Theory]
    [InlineData("replicas: two\nstorage: {size: 1Gi}", "spec.replicas")]
    [InlineData("replicas: 0\nstorage: {size: 1Gi}", "spec.replicas")]
    [InlineData("replicas: 2\nstorage: {size: 1Gi}\nreplication: {enabled: true, primary: {podIndex: -1}}", "podIndex")]
    [InlineData("replicas: 2\nstorage: {size: 1Gi}\nserver: {listener: {port: 99999}}", "spec.server.listener.port")]
    public async Task A_wrong_value_is_refused_with_the_name_of_its_field(string spec, string field)
    {
        await using var laptop = await Laptop.StartAsync();
        var refusal = await Should.ThrowAsync<ManifestException>(() => laptop.ApplyAsync(Manifests.DoltDb("db", spec)));
        refusal.Message.ShouldContain(field);
    }

    [Fact]
    public async Task Credentials_without_a_password_are_named_in_a_condition()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync("""
            apiVersion: v1
            kind: Secret
            metadata: {name: db-credentials}
            stringData: {admin-user: root}
            """);
        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        var cluster = await laptop.AwaitAsync("db", c => c.Status?.Conditions?.Any(condition => condition.Message?.Contains("admin-password") == true) == true, "a condition that names the key");
        Laptop.IsReady(cluster).ShouldBeFalse();
        (await laptop.GetAsync(BuiltInKinds.Secret, "db-credentials"))!.Data!.Keys.ShouldBe(["admin-user"]);
    }

    [Fact]
    public async Task An_impossible_combination_leaves_the_running_cluster_alone()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        await laptop.AwaitReadyAsync("db");
        var before = await laptop.GetAsync(BuiltInKinds.StatefulSet, "db");
        await laptop.ApplyAsync(Manifests.DoltDb("db", "replicas: 1\nstorage: {size: 1Gi}\nreplication: {enabled: true}"));
        await laptop.AwaitConditionAsync("db", "SpecAccepted", "False");
        (await laptop.GetAsync(BuiltInKinds.StatefulSet, "db"))!.Metadata.Generation.ShouldBe(before!.Metadata.Generation);
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-primary"), "SELECT 1", "1");
    }

    [Fact]
    public async Task A_shrinking_volume_is_refused_and_the_cluster_goes_on()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.Replicated("db", 2, size: "2Gi"));
        await laptop.AwaitReadyAsync("db");
        await laptop.ApplyAsync(Manifests.Replicated("db", 2, size: "1Gi"));
        var cluster = await laptop.AwaitAsync(
            "db", c => c.Status?.Conditions?.Any(condition => condition.Status == "False" && condition.Message?.Contains("1Gi") == true) == true, "a condition that names the size");
        cluster.Status!.Replicas.ShouldBe(2);
        (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-db-0"))!.Spec!.Resources!.Requests!["storage"].ToString().ShouldBe("2Gi");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-primary"), "SELECT 1", "1");
    }

    [Fact]
    public async Task A_growing_volume_grows_in_place()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        await laptop.AwaitReadyAsync("db");
        var pod = await laptop.GetAsync(BuiltInKinds.Pod, "db-0");
        await laptop.ApplyAsync(Manifests.Replicated("db", 2, size: "3Gi"));
        await laptop.AwaitAsync("db", c => c.Status?.Conditions?.Any(condition => condition is { Type: "StorageResized", Status: "True" }) == true, "StorageResized");
        await laptop.AwaitReadyAsync("db");
        (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-db-1"))!.Status!.Capacity!["storage"].ToString().ShouldBe("3Gi");
        (await laptop.GetAsync(BuiltInKinds.Pod, "db-0"))!.Metadata.Uid.ShouldBe(pod!.Metadata.Uid);
    }
}
