using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Apply;

public sealed class ApplierTests
{
    private static readonly OwnerReference Mine = Sample.Owner("dolt", "uid-mine");
    private readonly FakeApiServer server = new();
    private readonly ObjectStore<ConfigMap> cache = new(Sample.Kind);
    private readonly Applier applier;

    public ApplierTests() => applier = new Applier(server.Connect(), NullLogger<Applier>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_is_created_once_and_then_left_alone()
    {
        var desired = Sample.ConfigMap("a", owner: Mine);
        (await applier.ApplyAsync(cache, desired, Token)).Outcome.ShouldBe(ApplyOutcome.Created);
        Refresh();

        var again = await applier.ApplyAsync(cache, desired, Token);

        again.Outcome.ShouldBe(ApplyOutcome.Unchanged);
        again.Object.Metadata.Annotations.ShouldNotBeNull()[Applier.StampAnnotation].Length.ShouldBe(16);
        server.Count("apply").ShouldBe(1);
    }

    [Fact]
    public async Task What_somebody_else_changed_is_set_right()
    {
        var desired = Sample.ConfigMap("a", owner: Mine);
        await applier.ApplyAsync(cache, desired, Token);
        var stored = server.Find(Sample.Kind, new NamespacedName("db", "a"))!;
        server.Put(Sample.Kind, stored with { Data = new() { ["value"] = "edited" } });
        Refresh();

        (await applier.ApplyAsync(cache, desired, Token)).Outcome.ShouldBe(ApplyOutcome.Updated);
    }

    [Fact]
    public async Task A_field_that_is_no_longer_desired_is_noticed()
    {
        await applier.ApplyAsync(cache, Sample.ConfigMap("a", owner: Mine) with { Data = new() { ["value"] = "1", ["more"] = "2" } }, Token);
        Refresh();

        (await applier.ApplyAsync(cache, Sample.ConfigMap("a", owner: Mine), Token)).Outcome.ShouldBe(ApplyOutcome.Updated);
    }

    [Fact]
    public async Task A_server_that_drops_a_field_is_not_written_to_each_pass()
    {
        server.Normalize = static resource => ((ConfigMap)resource) with { Immutable = null };
        var desired = Sample.ConfigMap("a", owner: Mine) with { Immutable = false };
        await applier.ApplyAsync(cache, desired, Token);

        // Whatever version the object gets by writes that do not touch what is desired.
        for (var pass = 0; pass < 3; pass++)
        {
            server.Put(Sample.Kind, server.Find(Sample.Kind, new NamespacedName("db", "a"))!);
            Refresh();
            (await applier.ApplyAsync(cache, desired, Token)).Outcome.ShouldBe(ApplyOutcome.Unchanged);
        }

        server.Count("apply").ShouldBe(1);
    }

    [Fact]
    public async Task An_object_of_another_controller_is_left_alone_even_when_the_cache_does_not_show_it()
    {
        server.Put(Sample.Kind, Sample.ConfigMap("a", owner: Sample.Owner("other", "uid-other")));

        var refused = await Should.ThrowAsync<ForeignObjectException>(() => applier.ApplyAsync(cache, Sample.ConfigMap("a", owner: Mine), Token));
        Refresh();
        await Should.ThrowAsync<ForeignObjectException>(() => applier.ApplyAsync(cache, Sample.ConfigMap("a", owner: Mine), Token));

        refused.Message.ShouldBe("ConfigMap db/a is controlled by StatefulSet other (uid uid-other) and is left alone");
        server.Count("apply").ShouldBe(0);
    }

    [Fact]
    public async Task An_object_without_a_controller_is_adopted()
    {
        server.Put(Sample.Kind, Sample.ConfigMap("a"));
        Refresh();

        var adopted = await applier.ApplyAsync(cache, Sample.ConfigMap("a", owner: Mine), Token);

        adopted.Outcome.ShouldBe(ApplyOutcome.Updated);
        adopted.Object.Metadata.Controller().ShouldNotBeNull().Uid.ShouldBe("uid-mine");
    }

    private void Refresh() => cache.Replace(server.All(Sample.Kind));
}
