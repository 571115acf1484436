using System.Text;
using System.Text.Json;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.JobDrivers;

public sealed class DriverJobTests
{
    [Fact]
    public void The_driver_learns_from_its_environment_what_to_do()
    {
        var environment = Environment(Requests.Create());

        environment["DB_OPERATOR_DATABASE"].ShouldBe("shop");
        environment["DB_OPERATOR_NAMESPACE"].ShouldBe("default");
        (environment["DB_OPERATOR_OPERATION"], environment["DB_OPERATOR_ACTION"]).ShouldBe(("create", "create"));
        environment.ShouldNotContainKey("DB_OPERATOR_BACKUP");
        Environment(Requests.Create() with { Operation = DriverOperation.Backup, Backup = "nightly" })["DB_OPERATOR_BACKUP"].ShouldBe("nightly");
    }

    [Fact]
    public void Credentials_are_files_of_the_secret_and_nowhere_else()
    {
        var request = Requests.Create();
        var files = DriverJobs.Secret(request, 1).Data!.ToDictionary(file => file.Key, file => Encoding.UTF8.GetString(Convert.FromBase64String(file.Value)));

        (files["admin-username"], files["admin-password"]).ShouldBe(("admin", Requests.AdminPassword));
        (files["owner-username"], files["owner-password"]).ShouldBe(("shop", Requests.OwnerPassword));
        files["request.json"].ShouldBe(
            """{"version":1,"operation":"create","engine":"file","database":"shop","host":"files.example.com","tls":{"mode":"Disable"},"parameters":{"path":"/srv"},"owner":"shop"}""");
        var job = JsonSerializer.Serialize(DriverJobs.Job(request, 1), KubernetesJson.Default.Job);
        job.ShouldNotContain("hunter2");
        request.ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public void The_pod_has_no_rights_that_it_does_not_need()
    {
        var request = Requests.Create();
        var pod = DriverJobs.Job(request, 1).Spec!.Template!.Spec!;

        pod.AutomountServiceAccountToken.ShouldBe(false);
        pod.SecurityContext!.Value.GetProperty("runAsNonRoot").GetBoolean().ShouldBeTrue();
        var container = pod.Containers!.Single().SecurityContext!.Value;
        container.GetProperty("readOnlyRootFilesystem").GetBoolean().ShouldBeTrue();
        container.GetProperty("capabilities").GetProperty("drop")[0].GetString().ShouldBe("ALL");
        var named = request with { Driver = request.Driver with { Spec = request.Driver.Spec! with { ServiceAccountName = "driver" } } };
        var trusted = DriverJobs.Job(named, 1).Spec!.Template!.Spec!;
        (trusted.ServiceAccountName, trusted.AutomountServiceAccountToken).ShouldBe(("driver", true));
    }

    [Fact]
    public void A_job_has_a_limit_of_everything()
    {
        var spec = DriverJobs.Job(Requests.Create(), 1).Spec!;

        (spec.BackoffLimit, spec.ActiveDeadlineSeconds, spec.Template!.Spec!.RestartPolicy).ShouldBe((2, 300, "Never"));
        TimeSpan.FromSeconds(spec.TtlSecondsAfterFinished!.Value).ShouldBeGreaterThan(DriverJobRules.LongestPause);
    }

    [Fact]
    public void Names_follow_from_the_request_and_fit()
    {
        var name = DriverJobNames.Of(Requests.Create(), 1);
        name.ShouldStartWith("shop-create-");
        DriverJobNames.Of(Requests.Create(), 1).ShouldBe(name);
        string[] others =
        [
            DriverJobNames.Of(Requests.Create(), 2),
            DriverJobNames.Of(Requests.Drop(), 1),
            DriverJobNames.Of(Requests.Create() with { Revision = "2" }, 1),
            DriverJobNames.Of(Requests.Create() with { Owner = Requests.Create().Owner with { Metadata = Requests.Create().Owner.Metadata with { Uid = "another" } } }, 1),
        ];
        others.Append(name).Distinct().Count().ShouldBe(5);
        DriverJobNames.Of(Requests.Create(new string('a', 43) + "." + new string('b', 200)), 12345).Length.ShouldBeLessThanOrEqualTo(63);
    }

    [Fact]
    public void A_credential_changes_no_name()
    {
        var request = Requests.Create();
        DriverJobNames.Of(request with { Administrator = new DriverCredential("admin", "another") }, 1).ShouldBe(DriverJobNames.Of(request, 1));
    }

    [Fact]
    public void The_database_owns_the_job_unless_its_deletion_would_take_the_job_along()
    {
        var request = Requests.Drop();
        DriverJobs.Job(request, 1).Metadata.OwnerReferences!.Single().Name.ShouldBe("shop");

        var metadata = request.Owner.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch, Finalizers = ["foregroundDeletion", "ours"] };
        var job = DriverJobs.Job(request with { Owner = request.Owner with { Metadata = metadata } }, 1);
        job.Metadata.OwnerReferences.ShouldBeNull();
        DriverJobNames.DatabaseOf(job).ShouldBe([new NamespacedName("default", "shop")]);
    }

    private static Dictionary<string, string?> Environment(DriverJobRequest request) =>
        DriverJobs.Job(request, 1).Spec!.Template!.Spec!.Containers!.Single().Env!.ToDictionary(variable => variable.Name, variable => variable.Value);
}
