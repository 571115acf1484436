using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.SqlObjects.Tests.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>What the API server refuses is told, and heals; it holds nobody for ever.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task An_illegal_name_of_a_Secret_is_told_without_what_is_in_it()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, connectionSecret: {name: My_Secret}}}");
        var message = (await desk.ReadyAsync(DoltKinds.Database, "shop", "Refused")).Message;
        message.ShouldContain("Secret My_Secret");
        message.ShouldContain("metadata.name");
        message.ShouldNotContain((await desk.SecretAsync("shop-owner", "password"))!);
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Conditions.Find("ConnectionSecretReady")!.Reason.ShouldBe("Refused");
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"connectionSecret":{"name":"mine"}}}""");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
    }

    [Fact]
    public async Task A_connection_Secret_goes_only_when_the_one_of_the_new_name_is_there()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, connectionSecret: {name: app}}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"connectionSecret":{"name":"My_Secret"}}}""");
        await desk.ReadyAsync(DoltKinds.Database, "shop", "Refused");
        (await desk.SecretAsync("app", "host")).ShouldBe("db.example.com");
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"connectionSecret":{"name":"web"}}}""");
        await desk.GoneAsync(BuiltInKinds.Secret, "app");
        (await desk.SecretAsync("web", "host")).ShouldBe("db.example.com");
    }

    [Fact]
    public async Task An_illegal_label_and_an_immutable_Secret_are_told()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, connectionSecret: {labels: {team: 'a b'}}}}");
        (await desk.ReadyAsync(DoltKinds.Database, "shop", "Refused")).Message.ShouldContain("metadata.labels");

        await desk.SecretAsync("fixed", ("other", "x"));
        await desk.PatchAsync(BuiltInKinds.Secret, "fixed", """{"immutable":true}""");
        await desk.ApplyAsync("{kind: User, metadata: {name: reader}, spec: {instanceRef: {name: server}, name: reader, passwordSecretKeyRef: {name: fixed, key: password, generate: true}}}");
        (await desk.ReadyAsync(DoltKinds.User, "reader", "Refused")).Message.ShouldContain("Secret fixed");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_without_a_word_about_encryption_brings_a_hint()
    {
        await using var desk = await SqlDesk.StartAsync();
        desk.Server.Failure = new DriverException(DriverError.Unreachable, "TLS is required, but the server does not offer it");
        const string Inline = "{kind: Database, metadata: {name: NAME}, spec: {name: NAME, driver: mysql, connect: {host: db.example.com MODE}, credentials: {username: {value: root}, password: {value: word}}}}";
        await desk.ApplyAsync(Inline.Replace("NAME", "shop", StringComparison.Ordinal).Replace(" MODE", "", StringComparison.Ordinal));
        (await desk.ReadyAsync(DoltKinds.Database, "shop", "ServerUnreachable")).Message.ShouldContain("sslmode: disable");
        await desk.ApplyAsync(Inline.Replace("NAME", "orders", StringComparison.Ordinal).Replace(" MODE", ", sslmode: require", StringComparison.Ordinal));
        (await desk.ReadyAsync(DoltKinds.Database, "orders", "ServerUnreachable")).Message.ShouldNotContain("sslmode");
    }

    [Fact]
    public async Task An_instance_of_a_namespace_that_is_deleted_waits_for_nobody_outside()
    {
        await using var desk = await SqlDesk.StartAsync(TimeSpan.FromMilliseconds(50));
        await desk.ApplyAsync("{kind: Namespace, metadata: {name: infra, finalizers: [example.com/hold]}}");
        await desk.SecretAsync("infra/admin", ("password", "word"));
        await desk.ApplyAsync("""
            kind: ExternalInstance
            metadata: {name: server, namespace: infra}
            spec: {engine: MySQL, host: db.example.com, allowedNamespaces: {from: All}, adminCredentials: {username: {value: admin}, password: {valueFrom: {secretKeyRef: {name: admin, key: password}}}}}
            """);
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server, namespace: infra}, name: shop}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.DeleteAsync(DoltKinds.ExternalInstance, "infra/server");
        await desk.ReadyAsync(DoltKinds.ExternalInstance, "infra/server", "Deleting");
        await desk.DeleteAsync(BuiltInKinds.Namespace, "/infra");
        await desk.GoneAsync(DoltKinds.ExternalInstance, "infra/server");
        await desk.ReadyAsync(DoltKinds.Database, "shop", "InstanceNotFound");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
    }

    [Fact]
    public async Task An_object_of_a_namespace_that_is_deleted_goes_though_the_right_to_read_its_Secret_went_before()
    {
        await using var desk = await SqlDesk.StartAsync(TimeSpan.FromMilliseconds(50));
        await desk.ApplyAsync("{kind: Namespace, metadata: {name: team, finalizers: [example.com/hold]}}");
        await desk.SecretAsync("team/admin", ("password", "word"));
        await desk.ApplyAsync("""
            kind: ExternalInstance
            metadata: {name: server, namespace: team}
            spec: {engine: MySQL, host: db.example.com, adminCredentials: {username: {value: admin}, password: {valueFrom: {secretKeyRef: {name: admin, key: password}}}}}
            """);
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop, namespace: team}, spec: {instanceRef: {name: server}, name: shop, finalBackup: {skip: true}}}");
        await desk.CreatedAsync(DoltKinds.Database, "team/shop");

        desk.Forbid("secrets", "team");
        await desk.SecretAsync("team/admin", ("password", "another"));
        await desk.DeleteAsync(DoltKinds.Database, "team/shop");
        await desk.ReadyAsync(DoltKinds.Database, "team/shop", "Refused");
        await desk.DeleteAsync(BuiltInKinds.Namespace, "/team");
        await desk.GoneAsync(DoltKinds.Database, "team/shop");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_may_not_be_read_is_gone_when_its_namespace_is(bool isNamespaceThere)
    {
        await using var desk = await SqlDesk.StartAsync(TimeSpan.FromMilliseconds(50), async desk =>
        {
            if (isNamespaceThere)
                await desk.ApplyAsync("{kind: Namespace, metadata: {name: infra}}");
            desk.Forbid("externalinstances", "infra");
            await desk.ApplyAsync("{kind: Database, metadata: {name: shop, finalizers: [database.k8s.dolthub.com/finalizer]}, spec: {instanceRef: {name: server, namespace: infra}, name: shop, finalBackup: {skip: true}}}");
            await desk.PatchStatusAsync(DoltKinds.Database, "shop", """{"status":{"observedGeneration":1,"applied":{"server":"ExternalInstance/infra/server","name":"shop"}}}""");
        }, watched: SqlDesk.Namespace);
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        if (!isNamespaceThere)
            await desk.GoneAsync(DoltKinds.Database, "shop");
        else
            await Eventually.HoldsAsync(
                async () => (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Conditions?[0].Message.Contains("nor may read there", StringComparison.Ordinal) == true, "what holds it");
    }

    [Fact]
    public async Task A_server_in_a_namespace_that_is_not_watched_is_not_gone()
    {
        await using var desk = await SqlDesk.StartAsync(TimeSpan.FromMilliseconds(50), async desk =>
        {
            await desk.ApplyAsync("{kind: Namespace, metadata: {name: infra}}");
            await desk.ApplyAsync("""
                kind: ExternalInstance
                metadata: {name: server, namespace: infra}
                spec: {engine: MySQL, host: db.example.com, allowedNamespaces: {from: All}, adminCredentials: {username: {value: admin}, password: {valueFrom: {secretKeyRef: {name: admin, key: password}}}}}
                """);
            await desk.ApplyAsync("{kind: Database, metadata: {name: shop, finalizers: [database.k8s.dolthub.com/finalizer]}, spec: {instanceRef: {name: server, namespace: infra}, name: shop, finalBackup: {skip: true}}}");
            await desk.PatchStatusAsync(DoltKinds.Database, "shop", """{"status":{"observedGeneration":1,"applied":{"server":"ExternalInstance/infra/server","name":"shop"}}}""");
        }, watched: SqlDesk.Namespace);
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await Eventually.HoldsAsync(
            async () => (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Conditions?[0].Message.Contains("does not watch", StringComparison.Ordinal) == true, "what holds it");
        await desk.DeleteAsync(DoltKinds.ExternalInstance, "infra/server");
        await desk.GoneAsync(DoltKinds.Database, "shop");
    }
}
