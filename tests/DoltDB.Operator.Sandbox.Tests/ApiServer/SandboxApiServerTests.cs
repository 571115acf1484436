using System.Diagnostics;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Sandbox.Tests.ApiServer;

public sealed class SandboxApiServerTests : IAsyncLifetime
{
    private SandboxApiServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await SandboxApiServer.StartAsync(
        new SandboxApiServerOptions { Definitions = RepositoryFiles.In("config/crd").Select(RepositoryFiles.Read).ToList() }, Cancel);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_created_object_is_read_listed_and_watched()
    {
        var client = server.Connect("test/1");
        var empty = await client.ListAsync(BuiltInKinds.ConfigMap, new ListOptions { Namespace = "default" }, Cancel);
        await client.CreateAsync(BuiltInKinds.ConfigMap, Map("one", "1"), Cancel);

        (await client.GetAsync(BuiltInKinds.ConfigMap, new("default", "one"), Cancel)).ShouldNotBeNull().Data!["key"].ShouldBe("1");
        await foreach (var change in client.WatchAsync(BuiltInKinds.ConfigMap, new WatchOptions { ResourceVersion = empty.ResourceVersion }, Cancel))
        {
            change.Type.ShouldBe(WatchEventType.Added);
            change.Object!.Metadata.Name.ShouldBe("one");
            break;
        }

        server.Requests.Count(kind => kind.Verb == "create" && kind.UserAgent == "test").ShouldBe(1);
    }

    [Fact]
    public async Task An_apply_that_changes_nothing_keeps_the_version()
    {
        var client = server.Connect("test/1");
        var first = await client.ApplyAsync(BuiltInKinds.ConfigMap, Map("two", "1"), "test", null, Cancel);
        var second = await client.ApplyAsync(BuiltInKinds.ConfigMap, Map("two", "1"), "test", null, Cancel);
        var third = await client.ApplyAsync(BuiltInKinds.ConfigMap, Map("two", "2"), "test", null, Cancel);

        second.Metadata.ResourceVersion.ShouldBe(first.Metadata.ResourceVersion);
        third.Metadata.ResourceVersion.ShouldNotBe(first.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task What_the_Go_operator_wrote_of_a_child_is_removed_when_it_is_no_longer_desired()
    {
        var owner = new OwnerReference { ApiVersion = "k8s.dolthub.com/v1alpha", Kind = "DoltDB", Name = "db", Uid = "uid-db", Controller = true };
        var theirs = await server.Connect("manager/v0.0.0").CreateAsync(BuiltInKinds.Service, Sql(3306, owner), Cancel);
        var others = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["cloud.example.com/address"] = "kept" } } };
        await server.Connect("cloud-controller/1").MergePatchAsync(BuiltInKinds.Service, NamespacedName.Of(theirs), others, null, Cancel);
        var applier = new Applier(server.Connect("doltdb-operator/1"), NullLogger<Applier>.Instance);
        var cache = new ObjectStore<Service>(BuiltInKinds.Service);

        await applier.ApplyAsync(cache, Sql(3306, owner), Cancel);
        await applier.ApplyAsync(cache, Sql(3307, owner), Cancel);

        var service = (await server.Connect("test/1").GetAsync(BuiltInKinds.Service, NamespacedName.Of(theirs), Cancel))!;
        service.Spec!.Ports!.ShouldHaveSingleItem().Port.ShouldBe(3307);
        service.Metadata.Annotations!["cloud.example.com/address"].ShouldBe("kept");
    }

    private static Service Sql(int port, OwnerReference owner) => new()
    {
        Metadata = new ObjectMeta { Name = "db-primary", Namespace = "default", OwnerReferences = [owner] },
        Spec = new ServiceSpec { Type = "ClusterIP", Ports = [new ServicePort { Name = "tcp-dolt", Port = port, Protocol = "TCP" }] },
    };

    [Fact]
    public async Task A_write_of_an_old_version_is_a_conflict()
    {
        var client = server.Connect("test/1");
        var first = await client.CreateAsync(BuiltInKinds.ConfigMap, Map("three", "1"), Cancel);
        await client.ReplaceAsync(BuiltInKinds.ConfigMap, first with { Data = new() { ["key"] = "2" } }, null, Cancel);

        var conflict = await Should.ThrowAsync<KubernetesException>(() =>
            client.ReplaceAsync(BuiltInKinds.ConfigMap, first with { Data = new() { ["key"] = "3" } }, null, Cancel));

        conflict.IsConflict.ShouldBeTrue();
    }

    [Fact]
    public async Task The_status_of_a_DoltDB_is_written_apart_from_its_spec()
    {
        var client = server.Connect("test/1");
        var created = await client.CreateAsync(DoltKinds.DoltDb, Cluster("db"), Cancel);
        created.Spec!.Image.ShouldBe("dolthub/dolt");

        var written = await client.ReplaceAsync(
            DoltKinds.DoltDb, created with { Spec = created.Spec with { Replicas = 7 }, Status = new DoltDbStatus { Phase = "Running" } }, "status", Cancel);

        written.Spec!.Replicas.ShouldBe(2);
        written.Status!.Phase.ShouldBe("Running");
        written.Metadata.Generation.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_schema_forbids_names_its_field()
    {
        var client = server.Connect("test/1");
        var cluster = Cluster("bad");
        var refused = await Should.ThrowAsync<KubernetesException>(() =>
            client.CreateAsync(DoltKinds.DoltDb, cluster with { Spec = cluster.Spec! with { Replicas = 0 } }, Cancel));

        refused.Code.ShouldBe(422);
        refused.Message.ShouldContain("spec.replicas");
    }

    [Fact]
    public async Task Objects_outlive_a_restart_with_a_data_directory()
    {
        var directory = Directory.CreateTempSubdirectory("apiserver");
        try
        {
            var options = new SandboxApiServerOptions { DataDirectory = directory.FullName, Listen = null };
            await using (var first = await SandboxApiServer.StartAsync(options, Cancel))
                await first.Connect("test/1").CreateAsync(BuiltInKinds.ConfigMap, Map("kept", "1"), Cancel);
            await using var second = await SandboxApiServer.StartAsync(options, Cancel);
            (await second.Connect("test/1").GetAsync(BuiltInKinds.ConfigMap, new("default", "kept"), Cancel)).ShouldNotBeNull();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Kubectl_works_against_it()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/local/bin/kubectl") && !File.Exists("/usr/bin/kubectl"))
            Assert.Skip("kubectl is not installed");
        var directory = Directory.CreateTempSubdirectory("kubectl");
        try
        {
            var kubeconfig = Path.Combine(directory.FullName, "kubeconfig");
            server.WriteKubeconfig(kubeconfig);
            var sample = Path.Combine(RepositoryFiles.Root, "config/samples/quickstart.yaml");
            (await KubectlAsync(kubeconfig, "apply", "-f", sample)).ShouldContain("created");
            (await KubectlAsync(kubeconfig, "apply", "-f", sample)).ShouldContain("unchanged");
            (await KubectlAsync(kubeconfig, "get", "dolt")).ShouldContain("my-dolt");
            (await KubectlAsync(kubeconfig, "get", "doltdb", "my-dolt", "-o", "yaml")).ShouldContain("engineVersion: 1.57.2");
            (await KubectlAsync(kubeconfig, "describe", "doltdb", "my-dolt")).ShouldContain("Engine Version");
            (await KubectlAsync(kubeconfig, "scale", "doltdb", "my-dolt", "--replicas=3")).ShouldContain("scaled");
            (await KubectlAsync(kubeconfig, "patch", "doltdb", "my-dolt", "--type=merge", "-p", "{\"spec\":{\"replicas\":2}}")).ShouldContain("patched");
            (await KubectlAsync(kubeconfig, "delete", "doltdb", "my-dolt")).ShouldContain("deleted");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static ConfigMap Map(string name, string value) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Data = new() { ["key"] = value },
    };

    private static DoltDb Cluster(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new DoltDbSpec { EngineVersion = "1.57.2", Replicas = 2, Storage = new StorageOptions { Size = new Quantity("1Gi") } },
    };

    private static async Task<string> KubectlAsync(string kubeconfig, params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["KUBECONFIG"] = kubeconfig;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        var errors = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        process.ExitCode.ShouldBe(0, $"kubectl {string.Join(' ', arguments)}: {output}{errors}");
        return output + errors;
    }
}
