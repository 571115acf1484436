using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>Faults of groups A, B and C of the Go operator that need a whole cluster to show, by their number. Each shows the fault absent.</summary>
public sealed class OperatorFaultTests
{
    private const string NameLabel = "app.kubernetes.io/name";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A5_A_status_that_somebody_else_changed_meanwhile_is_read_again_and_loses_nothing()
    {
        await using var laptop = await Laptop.StartInsideAsync("writes between a read and a write of the operator");
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db");
        await shop.AwaitProvenAsync(standbys: 1);
        var requests = laptop.Operators[0].Requests;
        var conflicts = Conflicts();
        requests.Before("PUT", "doltdbs/status", () => AddConditionAsync(laptop, "db", "Audited"));

        await laptop.ApplyAsync(Reference.Servers("db", 2, podIndex: 1));
        var moved = await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1" && Laptop.IsReady(c), "db-1 is primary");
        Conflicts().ShouldBe(conflicts + 1, "the write that began with what was no longer so");
        moved.Status!.Conditions.Find("Audited").ShouldNotBeNull("what the other wrote").Message.ShouldBe("by hand");
        moved.Status.Conditions.Find("PrimarySwitched")!.Status.ShouldBe("True");
        moved.Status.RecentFailovers.ShouldBeNull();
        await shop.WriteAsync(2);
        await shop.AwaitRowsOfAsync("db-0", 2);

        int Conflicts() => requests.Sent.Count(request => request is { Method: "PUT", Resource: "doltdbs/status", Code: 409 });
    }

    /// <summary>What another controller does that keeps a condition of its own in the status.</summary>
    private static async Task AddConditionAsync(Laptop laptop, string cluster, string type)
    {
        var found = (await laptop.GetAsync(cluster))!;
        var added = found.Status!.Conditions.With(new Condition { Type = type, Status = "True", Reason = "Checked", Message = "by hand" }, TimeProvider.System.GetUtcNow());
        await laptop.Client.ReplaceAsync(DoltKinds.DoltDb, found with { Status = found.Status with { Conditions = added } }, "status", Token);
    }

    [Fact]
    public async Task A15_A_cluster_that_begins_with_a_snapshot_restores_it_into_one_volume()
    {
        await using var laptop = await Laptop.StartInsideAsync("has no CSI driver to restore with");
        await laptop.ApplyAsync(Manifests.Replicated("db", 2).Replace("size: 1Gi", "size: 1Gi\n    volumeSnapshot: yesterday", StringComparison.Ordinal));
        await laptop.AwaitReadyAsync("db");
        var first = (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-db-0"))!;
        first.Spec!.DataSource.ShouldNotBeNull().Name.ShouldBe("yesterday");
        (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-db-1"))!.Spec!.DataSource.ShouldBeNull();
        (await laptop.GetAsync(BuiltInKinds.StatefulSet, "db"))!.Spec!.VolumeClaimTemplates!.Single().Spec!.DataSource.ShouldBeNull();
        var shop = await Shop.OpenAsync(laptop, "db");
        await shop.AwaitRowsOfReaderAsync(1);
    }

    [Fact]
    public async Task A16_Servers_that_shared_nothing_are_warned_of_and_get_the_data_of_the_first_once_they_replicate()
    {
        await using var laptop = await Laptop.StartAsync();
        const string alone = "replicas: 3\nstorage: {size: 1Gi}";
        await laptop.ApplyAsync(Manifests.DoltDb("db", alone));
        await laptop.AwaitReadyAsync("db");
        await laptop.AwaitConditionAsync("db", "SpecAccepted", "True", "UnreplicatedServers");
        var shop = await Shop.OpenAsync(laptop, "db", replicated: false, rows: 3);
        await shop.AwaitRowsOfAsync("db-0", 3);
        (await laptop.GetAsync(BuiltInKinds.Service, "db"))!.Spec!.Selector!["statefulset.kubernetes.io/pod-name"].ShouldBe("db-0");

        await laptop.ApplyAsync(Manifests.Replicated("db", 3));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.CurrentPrimary == "db-0" && c.Status.Members!.Count(m => m.Role == "standby") == 2, "a primary and two standbys");
        var replicated = shop.Through(replicated: true);
        await replicated.AwaitRowsAsync(3);
        await replicated.WriteAsync(4);
        foreach (var pod in new[] { "db-1", "db-2" })
            await replicated.AwaitRowsOfAsync(pod, 4);
    }

    [Fact]
    public async Task B5_A_ServiceAccount_under_another_name_replaces_the_old_one_once_no_pod_uses_it()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        (await laptop.GetAsync(BuiltInKinds.ServiceAccount, "db")).ShouldNotBeNull();
        await laptop.ApplyAsync(Reference.Servers("db", 2, extra: "serviceAccountName: shop-data"));
        await laptop.AwaitListAsync(BuiltInKinds.ServiceAccount, $"{NameLabel}=db", accounts => accounts.Count == 1 && accounts[0].Metadata.Name == "shop-data", "the new account alone");
        (await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=db")).ShouldAllBe(pod => pod.Spec!.ServiceAccountName == "shop-data");
        await laptop.AwaitReadyAsync("db");
    }

    [Fact]
    public async Task A_child_that_the_server_fails_on_is_named_and_holds_up_nothing_else()
    {
        await using var laptop = await Laptop.StartInsideAsync("lets one kind of object fail");
        using var broken = laptop.Host.ApiServer.Faults.Fail(context => context.Kind is { Resource: "services", Verb: "patch" } && context.Name == "db-reader", 500);
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        var cluster = await laptop.AwaitAsync(
            "db", c => c.Status?.CurrentPrimary is not null && c.Status.ReadyReplicas == 2 && c.Status.Conditions!.Any(condition => condition is { Type: "SpecAccepted", Status: "False" }), "a primary and the refusal");
        cluster.Status!.Conditions!.Single(condition => condition.Type == "SpecAccepted").Message.ShouldNotBeNull().ShouldContain("Service db-reader");
        broken.Dispose();
        await laptop.AwaitReadyAsync("db");
    }

    [Fact]
    public async Task C3_Labels_and_annotations_of_a_DoltDB_are_on_its_children_without_a_restart()
    {
        await using var laptop = await Laptop.StartInsideAsync("takes a label away");
        await laptop.ApplyAsync(Reference.Dolt);
        await laptop.AwaitReadyAsync("dolt");
        await AwaitInheritedAsync(laptop, "k8s.dolthub.com/test", "test");
        var before = (await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=dolt")).Select(pod => pod.Metadata.Uid).Order(StringComparer.Ordinal).ToList();

        var change = JsonNode.Parse("""
            {"metadata":{"labels":{"k8s.dolthub.com/test":null,"team":"shop","argocd.argoproj.io/instance":"app"},"annotations":{"k8s.dolthub.com/test":null,"team":"shop"}}}
            """)!.AsObject();
        await laptop.Host.ApiServer.Connect("user/1").MergePatchAsync(DoltKinds.DoltDb, new NamespacedName(laptop.Namespace, "dolt"), change, null, Token);
        await AwaitInheritedAsync(laptop, "team", "shop");
        var pods = await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=dolt");
        pods.Select(pod => pod.Metadata.Uid).Order(StringComparer.Ordinal).ShouldBe(before);
        pods.ShouldAllBe(pod => !pod.Metadata.Labels!.ContainsKey("k8s.dolthub.com/test") && !pod.Metadata.Labels.ContainsKey("argocd.argoproj.io/instance"));
    }

    private static async Task AwaitInheritedAsync(Laptop laptop, string key, string value)
    {
        await AwaitAsync(BuiltInKinds.StatefulSet, 1);
        await AwaitAsync(BuiltInKinds.Service, 4);
        await AwaitAsync(BuiltInKinds.ConfigMap, 2);
        await AwaitAsync(BuiltInKinds.ServiceAccount, 1);
        await AwaitAsync(BuiltInKinds.PodDisruptionBudget, 1);
        await AwaitAsync(BuiltInKinds.Pod, 2);
        await AwaitAsync(BuiltInKinds.PersistentVolumeClaim, 2);

        Task AwaitAsync<T>(ResourceKind<T> kind, int count)
            where T : KubernetesObject => laptop.AwaitListAsync(
                kind,
                $"{NameLabel}=dolt",
                children => children.Count == count && children.All(child => child.Metadata.Labels!.GetValueOrDefault(key) == value && child.Metadata.Annotations?.GetValueOrDefault(key) == value),
                $"{key} on each {kind.Kind}");
    }

    [Fact]
    public async Task B13_C8_Services_are_there_before_any_pod_and_no_Event_or_endpoint_is_watched()
    {
        await using var laptop = await Laptop.StartInsideAsync("counts requests");
        await laptop.ApplyAsync(Manifests.DoltDb("db", "replicas: 2\nstorage: {size: 1Gi, storageClassName: missing}\nreplication: {enabled: true}"));
        foreach (var name in new[] { "db-internal", "db-primary", "db-reader" })
            await laptop.AwaitListAsync(BuiltInKinds.Service, $"{NameLabel}=db", services => services.Any(service => service.Metadata.Name == name), name);
        (await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=db")).ShouldAllBe(pod => pod.Status!.Phase != "Running");

        var watched = laptop.Host.ApiServer.Requests.Counts.Keys.Where(kind => kind is { UserAgent: "operator-0", Verb: "list" or "watch" }).Select(kind => kind.Resource).ToHashSet(StringComparer.Ordinal);
        watched.ShouldContain("pods");
        watched.ShouldNotContain(resource => resource == "events" || resource == "endpointslices");
    }

    [Fact]
    public async Task C8_Only_objects_of_clusters_are_listed_and_watched_and_of_Secrets_the_metadata()
    {
        await using var laptop = await Laptop.StartInsideAsync("looks at requests");
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        foreach (var resource in new[] { "pods", "configmaps", "services", "persistentvolumeclaims", "statefulsets", "serviceaccounts" })
        {
            var read = Collections(laptop, resource);
            read.ShouldContain(request => !IsWatch(request), $"{resource} are listed");
            read.ShouldContain(request => IsWatch(request), $"{resource} are watched");
            read.ShouldAllBe(request => request.Query.Contains("labelSelector=", StringComparison.Ordinal), resource);
        }

        var secrets = Collections(laptop, "secrets");
        secrets.ShouldContain(request => !IsWatch(request) && request.Accept.Contains("as=PartialObjectMetadataList", StringComparison.Ordinal));
        secrets.ShouldContain(request => IsWatch(request));
        secrets.ShouldAllBe(request => request.Accept.Contains("as=PartialObjectMetadata", StringComparison.Ordinal));
    }

    private static List<SentRequest> Collections(Laptop laptop, string resource) =>
        [.. laptop.Operators[0].Requests.Sent.Where(request => request is { Method: "GET", IsCollection: true } && request.Resource == resource)];

    private static bool IsWatch(SentRequest request) => request.Query.Contains("watch=true", StringComparison.Ordinal);

    [Fact]
    public async Task B14_A_Service_with_two_slices_is_as_ready_as_its_pods()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        await laptop.ApplyAsync("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: db-reader-ipv6, labels: {kubernetes.io/service-name: db-reader}}
            addressType: IPv6
            endpoints: [{addresses: ["fd00::1"], conditions: {ready: false}}]
            ports: []
            """);
        await laptop.ApplyAsync(Reference.Servers("db", 2, extra: Reference.Change));
        await Reference.AwaitChangeAsync(laptop, "db", pods: 2);
        (await laptop.GetAsync(BuiltInKinds.EndpointSlice, "db-reader-ipv6")).ShouldNotBeNull("it was there all the time");
    }

    [Fact]
    public async Task C1_A_pod_of_another_with_the_common_label_is_no_member_and_disturbs_nothing()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: db-web, labels: {app.kubernetes.io/name: db}}
            spec: {containers: [{name: web, image: "shop/web:1", command: [sleep, "600"]}]}
            """);
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        var cluster = await laptop.AwaitReadyAsync("db");
        cluster.Status!.Members!.Select(member => member.Name).ShouldBe(["db-0", "db-1"]);
        cluster.Status.Replicas.ShouldBe(2);
        var shop = await Shop.OpenAsync(laptop, "db");
        await laptop.ApplyAsync(Reference.Servers("db", 2, podIndex: 1));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1" && Laptop.IsReady(c), "db-1 is primary");
        await shop.AwaitRowsAsync(1);
    }

    [Fact]
    public async Task C5_A_cluster_that_answers_nothing_holds_up_no_other_not_even_where_one_worker_does_everything()
    {
        await using var laptop = await Laptop.StartInsideAsync("gives the operator one worker", withOperator: false);
        laptop.StartOperator(new() { MaxDoltDbConcurrentReconciles = 1 });
        await laptop.ApplyAsync(Reference.Servers("stuck", 3));
        await laptop.AwaitReadyAsync("stuck");
        await SignalAllAsync(laptop, "stuck", 3, ServerSignal.Freeze);
        await laptop.AwaitAsync("stuck", c => !Laptop.IsReady(c), "a cluster that answers nothing");
        var began = TimeProvider.System.GetTimestamp();
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db");
        await shop.AwaitRowsAsync(1);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        await SignalAllAsync(laptop, "stuck", 3, ServerSignal.Thaw);
    }

    [Fact]
    public async Task C5_An_account_of_a_cluster_that_answers_nothing_holds_up_no_account_of_another()
    {
        await using var laptop = await Laptop.StartInsideAsync("gives the operator one worker", withOperator: false);
        laptop.StartOperator(new() { MaxConcurrentReconciles = 1 });
        await laptop.ApplyAsync(Reference.Servers("stuck", 1));
        await laptop.ApplyAsync(Reference.Servers("db", 1));
        await laptop.AwaitReadyAsync("stuck");
        await laptop.AwaitReadyAsync("db");
        await laptop.ApplyAsync(Manifests.Account("early", "stuck", "one"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "early");

        // Ten accounts that want a server which does not answer, each as often as it may, before and after the one that can be made.
        await laptop.SignalAsync("stuck-0", ServerSignal.Freeze);
        for (var number = 0; number < 5; number++)
            await laptop.ApplyAsync(Manifests.Account($"before-{number}", "stuck", "one"));
        var began = TimeProvider.System.GetTimestamp();
        await laptop.ApplyAsync(Manifests.Account("reader", "db", "one"));
        for (var number = 0; number < 5; number++)
            await laptop.ApplyAsync(Manifests.Account($"after-{number}", "stuck", "one"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "reader");
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "reader", "one"), "SELECT CURRENT_USER()", "reader@%");
        (await laptop.GetAsync(DoltKinds.User, "before-0"))!.Status?.Conditions.Find("Ready")?.Status.ShouldNotBe("True");

        await laptop.SignalAsync("stuck-0", ServerSignal.Thaw);
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "after-4");
    }

    private static async Task SignalAllAsync(Laptop laptop, string cluster, int servers, ServerSignal signal)
    {
        for (var ordinal = 0; ordinal < servers; ordinal++)
            await laptop.SignalAsync($"{cluster}-{ordinal}", signal);
    }

    [Fact]
    public async Task C13_A_shared_ServiceAccount_outlives_the_cluster_that_made_it()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("one", 1, extra: "serviceAccountName: shared"));
        await laptop.AwaitReadyAsync("one");
        await laptop.ApplyAsync(Reference.Servers("two", 2, extra: "serviceAccountName: shared"));
        await laptop.AwaitReadyAsync("two");
        var before = (await laptop.GetAsync(BuiltInKinds.ServiceAccount, "shared"))!;
        await laptop.Client.DeleteAsync(DoltKinds.DoltDb, new(laptop.Namespace, "one"), new(), Token);
        await laptop.AwaitListAsync(
            BuiltInKinds.ServiceAccount, $"{NameLabel}=two", accounts => accounts.Any(account => account.Metadata.Name == "shared" && account.Metadata.Uid != before.Metadata.Uid), "an account of two's own");
    }
}
