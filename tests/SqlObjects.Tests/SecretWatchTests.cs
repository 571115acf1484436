using DoltDB.Operator.Commands;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>Secrets are watched without what they hold.</summary>
public sealed class SecretWatchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C8_Neither_list_nor_watch_of_Secrets_carries_their_data()
    {
        await using var api = await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Listen = null, Definitions = [.. CrdsCommand.ReadAll()] }, Token);
        using var client = api.Connect("operator");
        await CreateAsync(client, "first");
        var list = await client.ListAsync(BuiltInKinds.SecretMetadata, new ListOptions(), Token);
        var listed = list.Items.ShouldHaveSingleItem();
        listed.Metadata.Name.ShouldBe("first");
        listed.Unknown.ShouldBeNull();

        await CreateAsync(client, "second");
        await foreach (var change in client.WatchAsync(BuiltInKinds.SecretMetadata, new WatchOptions { ResourceVersion = list.ResourceVersion }, Token))
        {
            if (change.Object is not { } seen)
                continue;
            seen.Metadata.Name.ShouldBe("second");
            seen.Unknown.ShouldBeNull();
            break;
        }
    }

    private static Task<Secret> CreateAsync(KubernetesClient client, string name) => client.CreateAsync(
        BuiltInKinds.Secret,
        new Secret { Metadata = new() { Name = name, Namespace = "default" }, Data = new() { ["password"] = "c2VjcmV0" } },
        Token);
}
