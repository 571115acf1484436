using System.Net;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Kubernetes.Tests.Client;

public sealed class KubernetesClientTests
{
    private static readonly NamespacedName Name = new("db", "a");
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        using var server = new StubServer();
        server
            .Answers("""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"abc=","remainingItemCount":1},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}""")
            .Answers("""{"items":[{"metadata":{"name":"c"}}],"kind":"ConfigMapList","metadata":{"continue":"","resourceVersion":"7"}}""");
        using var client = server.CreateClient();

        var list = await client.ListAsync(BuiltInKinds.ConfigMap, new ListOptions { Namespace = "db", LabelSelector = "x in (1,2)", PageSize = 2 }, Token);

        list.Items.Select(item => item.Metadata.Name).ShouldBe(["a", "b", "c"]);
        list.Items.ShouldAllBe(item => item.Kind == "ConfigMap" && item.ApiVersion == "v1");
        list.ResourceVersion.ShouldBe("7");
        server.Requests.Select(request => request.Line).ShouldBe([
            "GET /api/v1/namespaces/db/configmaps?limit=2&labelSelector=x in (1,2)",
            "GET /api/v1/namespaces/db/configmaps?limit=2&continue=abc=&labelSelector=x in (1,2)",
        ]);
    }

    [Fact]
    public async Task A_list_that_expires_between_its_pages_begins_again()
    {
        using var server = new StubServer();
        server
            .Answers("""{"metadata":{"resourceVersion":"7","continue":"x"},"items":[{"metadata":{"name":"old"}}]}""")
            .Fails(410, "Expired", "The provided continue parameter is too old")
            .Answers("""{"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"new"}}]}""");
        using var client = server.CreateClient();

        var list = await client.ListAsync(BuiltInKinds.ConfigMap, new ListOptions(), Token);

        list.Items.ShouldHaveSingleItem().Metadata.Name.ShouldBe("new");
        list.ResourceVersion.ShouldBe("9");
    }

    [Fact]
    public async Task An_item_without_the_shape_of_its_kind_costs_no_other_item()
    {
        using var server = new StubServer();
        server.Answers("""{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"data":[1],"metadata":{"name":"b","namespace":"db","uid":"u","resourceVersion":"5"}},{"metadata":{"name":"c"}}]}""");
        using var client = server.CreateClient();

        var list = await client.ListAsync(BuiltInKinds.ConfigMap, new ListOptions(), Token);

        list.Items.Select(item => item.Metadata.Name).ShouldBe(["a", "c"]);
        var odd = list.Unreadable.ShouldHaveSingleItem();
        (odd.Metadata.Name, odd.Metadata.Uid, odd.Metadata.ResourceVersion).ShouldBe(("b", "u", "5"));
        odd.Problem.ShouldContain("$.data");
    }

    [Fact]
    public async Task Managed_fields_are_dropped_and_other_unknown_members_kept()
    {
        using var server = new StubServer();
        server.Answers("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","managedFields":[{"manager":"x"}],"future":1},"later":true}""");
        using var client = server.CreateClient();

        var read = (await client.GetAsync(BuiltInKinds.ConfigMap, Name, Token)).ShouldNotBeNull();

        read.Metadata.Unknown.ShouldNotBeNull().Keys.ShouldBe(["future"]);
        read.Unknown.ShouldNotBeNull().Keys.ShouldBe(["later"]);
    }

    [Fact]
    public async Task B17_A_missing_object_is_null_and_its_deletion_false()
    {
        using var server = new StubServer();
        server.Fails(404, "NotFound", "configmaps a not found").Fails(404, "NotFound", "configmaps a not found");
        using var client = server.CreateClient();

        (await client.GetAsync(BuiltInKinds.ConfigMap, Name, Token)).ShouldBeNull();
        (await client.DeleteAsync(BuiltInKinds.ConfigMap, Name, new DeleteOptions { Uid = "u", PropagationPolicy = "Orphan" }, Token)).ShouldBeFalse();

        JsonNode.DeepEquals(
            JsonNode.Parse(server.Requests[1].Body),
            JsonNode.Parse("""{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Orphan","preconditions":{"uid":"u"}}""")).ShouldBeTrue(server.Requests[1].Body);
    }

    [Fact]
    public async Task B17_A_failure_carries_code_reason_and_message()
    {
        using var server = new StubServer();
        server.Fails(409, "Conflict", "the object has been modified").Answers("404 page not found\n", HttpStatusCode.NotFound);
        using var client = server.CreateClient();

        var conflict = await Should.ThrowAsync<KubernetesException>(() => client.ReplaceAsync(BuiltInKinds.ConfigMap, Sample.ConfigMap("a"), null, Token));
        var text = await Should.ThrowAsync<KubernetesException>(() => client.ListAsync(BuiltInKinds.ConfigMap, new ListOptions(), Token));

        (conflict.Code, conflict.Reason, conflict.Message, conflict.IsConflict).ShouldBe((409, "Conflict", "the object has been modified", true));
        (text.Code, text.Reason, text.Message).ShouldBe((404, null, "404 page not found"));
    }

    [Fact]
    public async Task A_failure_tells_that_the_namespace_is_being_deleted()
    {
        using var server = new StubServer();
        server
            .Answers("""{"kind":"Status","code":403,"reason":"Forbidden","message":"no","details":{"causes":[{"reason":"NamespaceTerminating","message":"it goes","field":"metadata.namespace"}]}}""", HttpStatusCode.Forbidden)
            .Fails(403, "Forbidden", "not allowed");
        using var client = server.CreateClient();

        (await Should.ThrowAsync<KubernetesException>(() => client.CreateAsync(BuiltInKinds.ConfigMap, Sample.ConfigMap("a"), Token))).IsNamespaceTerminating.ShouldBeTrue();
        (await Should.ThrowAsync<KubernetesException>(() => client.CreateAsync(BuiltInKinds.ConfigMap, Sample.ConfigMap("a"), Token))).IsNamespaceTerminating.ShouldBeFalse();
    }

    [Fact]
    public async Task Apply_forces_with_its_field_manager_and_names_the_kind()
    {
        using var server = new StubServer();
        server.Answers("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}}""");
        using var client = server.CreateClient(address: "http://server/base/path");

        await client.ApplyAsync(BuiltInKinds.ConfigMap, Sample.ConfigMap("a"), "m", null, Token);

        var (line, type, body, _) = server.Requests.ShouldHaveSingleItem();
        line.ShouldBe("PATCH /base/path/api/v1/namespaces/db/configmaps/a?fieldManager=m&force=true");
        type.ShouldBe("application/apply-patch+yaml");
        body.ShouldBe("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"db"},"data":{"value":"1"}}""");
    }

    [Fact]
    public async Task A_merge_patch_reaches_the_subresource()
    {
        using var server = new StubServer();
        server.Answers("""{"metadata":{"name":"a"}}""");
        using var client = server.CreateClient();

        await client.MergePatchAsync(BuiltInKinds.Pod, Name, new JsonObject { ["status"] = new JsonObject { ["x"] = null } }, "status", Token);

        server.Requests[0].Line.ShouldStartWith("PATCH /api/v1/namespaces/db/pods/a/status?");
        server.Requests[0].ContentType.ShouldBe("application/merge-patch+json");
        server.Requests[0].Body.ShouldBe("""{"status":{"x":null}}""");
    }

    [Fact]
    public async Task An_eviction_tells_refused_and_gone_from_done()
    {
        using var server = new StubServer();
        server
            .Answers("""{"kind":"Status","status":"Success","code":201}""", HttpStatusCode.Created)
            .Fails(429, "TooManyRequests", "Cannot evict pod", retryAfter: 10)
            .Fails(404, "NotFound", "pods a not found");
        using var client = server.CreateClient();

        (await client.EvictAsync(Name, new DeleteOptions { GracePeriodSeconds = 5 }, Token)).ShouldBe(EvictionResult.Evicted);
        (await client.EvictAsync(Name, new DeleteOptions(), Token)).ShouldBe(EvictionResult.Refused);
        (await client.EvictAsync(Name, new DeleteOptions(), Token)).ShouldBe(EvictionResult.Gone);

        server.Requests.Count.ShouldBe(3);
        server.Requests[0].Line.ShouldBe("POST /api/v1/namespaces/db/pods/a/eviction");
        JsonNode.Parse(server.Requests[0].Body)!["deleteOptions"]!["gracePeriodSeconds"]!.GetValue<int>().ShouldBe(5);
    }

    [Fact]
    public async Task A_server_that_asks_to_wait_is_asked_again_after_that_time()
    {
        using var server = new StubServer();
        server.Fails(429, "TooManyRequests", "slow down", retryAfter: 3).Answers("""{"metadata":{"name":"a"}}""");
        using var client = server.CreateClient();
        var started = server.Clock.GetUtcNow();

        var read = client.GetAsync(BuiltInKinds.ConfigMap, Name, Token);
        read.IsCompleted.ShouldBeFalse();
        await Eventually.HoldsAsync(() => read.IsCompleted, "the second attempt", server.Clock);

        (await read).ShouldNotBeNull();
        (server.Clock.GetUtcNow() - started).ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_write_that_may_have_been_done_is_not_sent_again()
    {
        using var server = new StubServer();
        server.Fails(504, "Timeout", "timed out", retryAfter: 1);
        using var client = server.CreateClient();

        var failure = await Should.ThrowAsync<KubernetesException>(() => client.CreateAsync(BuiltInKinds.ConfigMap, Sample.ConfigMap("a"), Token));

        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_gets_no_answer_times_out()
    {
        using var server = new StubServer();
        server.Hangs();
        using var client = server.CreateClient();

        var read = client.GetAsync(BuiltInKinds.ConfigMap, Name, Token);
        server.Clock.Advance(TimeSpan.FromSeconds(29));
        read.IsCompleted.ShouldBeFalse();
        server.Clock.Advance(TimeSpan.FromSeconds(1));

        (await Should.ThrowAsync<TimeoutException>(() => read)).Message.ShouldContain("get ConfigMap");
    }

    [Fact]
    public async Task Refused_credentials_are_renewed_once()
    {
        using var server = new StubServer();
        server.Fails(401, "Unauthorized", "Unauthorized").Answers("""{"metadata":{"name":"a"}}""").Fails(401, "Unauthorized", "Unauthorized").Fails(401, "Unauthorized", "Unauthorized");
        using var client = server.CreateClient(new CountingCredentials());

        (await client.GetAsync(BuiltInKinds.ConfigMap, Name, Token)).ShouldNotBeNull();
        (await Should.ThrowAsync<KubernetesException>(() => client.GetAsync(BuiltInKinds.ConfigMap, Name, Token))).Code.ShouldBe(401);

        server.Requests.Select(request => request.Token).ShouldBe(["token-0", "token-1", "token-1", "token-2"]);
    }

    private sealed class CountingCredentials : Kubernetes.Client.Configuration.IClientCredentials
    {
        private int renewals;

        public System.Security.Cryptography.X509Certificates.X509Certificate2? Certificate => null;

        public ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken) => new($"token-{renewals}");

        public void Invalidate() => renewals++;
    }
}
