using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Scenarios;

/// <summary>The administrator's Secret changes, as a GitOps tool changes it: at any moment, and without asking.</summary>
public sealed class CredentialRotationTests
{
    [Fact]
    public async Task A_changed_password_is_set_on_the_servers_and_restarts_nobody()
    {
        await using var laptop = await StartAsync();
        var shop = await Shop.OpenAsync(laptop, "dolt", rows: 2);
        var pods = await PodsAsync(laptop);
        await laptop.ApplyAsync(Credentials("admin-user-test", "new'\\\"`%;--word"));
        await AwaitLoginAsync(laptop, "admin-user-test", "new'\\\"`%;--word");
        (await Should.ThrowAsync<DoltException>(() => laptop.ConnectServiceAsync("dolt-primary", "admin-user-test", "12345"))).IsAccessDenied.ShouldBeTrue();
        await laptop.AwaitReadyAsync("dolt");
        await shop.WriteAsync(3);
        (await PodsAsync(laptop)).ShouldBe(pods);

        // With the new password the operator still does its work.
        await laptop.DeletePodAsync("dolt-0", atOnce: true);
        await laptop.AwaitAsync("dolt", Laptop.IsReady, "the cluster again");
        await shop.AwaitRowsAsync(3);
    }

    [Fact]
    public async Task A_password_that_changes_while_no_operator_runs_locks_nobody_out()
    {
        await using var laptop = await Laptop.StartInsideAsync("stops its operator");
        await laptop.ApplyAsync(Reference.Dolt);
        await laptop.AwaitReadyAsync("dolt");
        await laptop.ApplyAsync("apiVersion: v1\nkind: Secret\nmetadata: {name: reader}\nstringData: {password: word}\n---\napiVersion: k8s.dolthub.com/v1alpha\nkind: User\nmetadata: {name: reader}\nspec: {doltDBRef: {name: dolt}, name: reader, passwordSecretKeyRef: {name: reader, key: password}}");
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "reader");
        await laptop.Operators[0].StopAsync();
        await laptop.ApplyAsync(Credentials("admin-user-test", "second"));
        laptop.StartOperator();
        await AwaitLoginAsync(laptop, "admin-user-test", "second");
        await laptop.ApplyAsync(Credentials("admin-user-test", "third"));
        await AwaitLoginAsync(laptop, "admin-user-test", "third");
        await laptop.ApplyAsync("apiVersion: v1\nkind: Secret\nmetadata: {name: reader}\nstringData: {password: word2}");
        await AwaitLoginAsync(laptop, "reader", "word2");
    }

    [Fact]
    public async Task Another_administrator_is_made_and_used()
    {
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(Credentials("chief", "word"));
        await AwaitLoginAsync(laptop, "chief", "word");
        await Laptop.RetryAsync(async () =>
        {
            // The account is made a moment before it may do anything.
            await using var chief = await laptop.ConnectServiceAsync("dolt-primary", "chief", "word");
            await Laptop.RunAsync(chief, "CREATE DATABASE IF NOT EXISTS shop");
        });
        await laptop.AwaitAsync("dolt", cluster => Laptop.IsReady(cluster) && cluster.Status!.Databases?.Contains("shop") == true, "a database that the operator sees");
    }

    private static async Task<Laptop> StartAsync()
    {
        var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Dolt);
        await laptop.AwaitReadyAsync("dolt");
        return laptop;
    }

    private static string Credentials(string user, string password) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: dolt-credentials}
        stringData: {admin-user: {{user}}, admin-password: {{System.Text.Json.JsonSerializer.Serialize(password, KubernetesJson.Default.String)}} }
        """;

    private static async Task<string> PodsAsync(Laptop laptop) =>
        string.Join(' ', (await laptop.ListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=dolt")).Select(pod => $"{pod.Metadata.Uid}/{pod.Status?.ContainerStatuses?[0].RestartCount}").Order(StringComparer.Ordinal));

    private static Task AwaitLoginAsync(Laptop laptop, string user, string password) =>
        Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("dolt-primary", user, password), "SELECT CURRENT_USER()", $"{user}@%");
}
