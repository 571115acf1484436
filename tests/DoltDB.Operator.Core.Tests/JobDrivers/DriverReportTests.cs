using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.JobDrivers;

public sealed class DriverReportTests
{
    private static readonly SecretScrubber NoSecrets = new([]);

    [Fact]
    public void A_good_end_tells_what_was_done()
    {
        var report = Read("Complete", End(0, """{"result":"ok","message":"created","version":"2.1"}"""));
        report.ShouldBe(new DriverReport { Result = "ok", Message = "created", Version = "2.1" });
    }

    [Theory]
    [InlineData(null, "wrote no result")]
    [InlineData(" ", "wrote no result")]
    [InlineData("all is well", "cannot be read")]
    [InlineData("[1]", "cannot be read")]
    [InlineData("""{"result":"fine"}""", "cannot be read")]
    [InlineData("""{"result":"ok","message":"cut off her""", "cannot be read")]
    [InlineData("""{"result":"failed","message":"no room"}""", "no room")]
    public void A_good_end_without_a_readable_good_result_is_a_failure(string? message, string said)
    {
        var report = Read("Complete", End(0, message));
        report.Result.ShouldBe("failed");
        report.Message.ShouldNotBeNull().ShouldContain(said);
    }

    [Fact]
    public void A_result_that_went_with_its_pod_is_a_failure() => Read("Complete").Message.ShouldNotBeNull().ShouldContain("gone");

    [Fact]
    public void The_last_of_several_failures_is_told()
    {
        var report = Read("Failed", End(75, """{"result":"failed","error":"Unreachable","message":"first"}""", 1), End(77, """{"result":"failed","error":"accessDenied","message":"second"}""", 2));
        (report.Error, report.Message).ShouldBe(("AccessDenied", "second"));
    }

    [Theory]
    [InlineData(null, "Error", "the driver ended with exit code 137")]
    [InlineData(null, "OOMKilled", "the driver ended with exit code 137 (OOMKilled)")]
    [InlineData("no such file\nat all", "Error", "the driver ended with exit code 137: no such file at all")]
    [InlineData("""{"result":"ok"}""", "Error", "the driver ended with exit code 137")]
    public void A_crash_is_told_as_far_as_it_is_known(string? message, string reason, string told)
    {
        var report = Read("Failed", End(137, message) with { Reason = reason });
        (report.Result, report.Error, report.Message).ShouldBe(("failed", "Unknown", told));
    }

    [Fact]
    public void A_deadline_is_named_by_its_field() =>
        DriverReports.Read(Job("Failed", "DeadlineExceeded"), [], NoSecrets).Message.ShouldBe("the driver did not end within 300 s (activeDeadlineSeconds)");

    [Theory]
    [InlineData("p\"ä$s", "login with p\"ä$s failed")]
    [InlineData("p\"ä$s", "{\"password\":\"p\\u0022\\u00E4$s\"}")]
    [InlineData("p\"ä$s", "{\"password\":\"p\\\"ä$s\"}")]
    [InlineData("p\"ä$s", "server://admin:p%22%C3%A4%24s@host")]
    [InlineData("p\"ä$s", "Authorization: Basic cCLDpCRz")]
    [InlineData("a", "a")]
    public void A_credential_never_gets_out(string secret, string text)
    {
        var scrubbed = new SecretScrubber(["", secret]).Scrub(text)!;
        scrubbed.ShouldContain("***");
        scrubbed.ShouldNotContain(secret);
        scrubbed.ShouldNotContain("cCLDpCRz");
        scrubbed.ShouldNotContain("%C3%A4");
        scrubbed.ShouldNotContain("u00E4");
        scrubbed.ShouldNotContain("ä");
    }

    [Fact]
    public void A_line_of_a_key_never_gets_out()
    {
        const string Line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
        var scrubbed = new SecretScrubber([$"-----BEGIN PRIVATE KEY-----\n{Line}\n-----END PRIVATE KEY-----\n"]).Scrub("cannot read " + Line);
        scrubbed.ShouldBe("cannot read ***");
    }

    [Fact]
    public void A_message_is_one_line_of_a_bearable_length() =>
        NoSecrets.Scrub("a\r\n\tb" + new string('x', 5000))!.Length.ShouldBe(1027);

    [Fact]
    public void What_is_kept_of_a_report_holds_no_secret()
    {
        var message = $$"""{"result":"failed","error":"Refused","message":"cannot use {{Requests.AdminPassword}}","version":"{{Requests.AdminPassword}}"}""";
        var report = DriverReports.Read(Job("Failed", "BackoffLimitExceeded"), [Pod([End(1, message)])], new SecretScrubber(Requests.Create().Secrets()));
        report.ToString().ShouldNotContain("hunter2");
        report.Message.ShouldBe("cannot use ***");
    }

    private static DriverReport Read(string condition, params ContainerStateTerminated[] ends) =>
        DriverReports.Read(Job(condition, "BackoffLimitExceeded"), [.. ends.Select(end => Pod([end]))], NoSecrets);

    private static ContainerStateTerminated End(int code, string? message, int second = 0) =>
        new() { ExitCode = code, Message = message, Reason = code == 0 ? "Completed" : "Error", FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(second) };

    private static Pod Pod(ContainerStateTerminated[] ends) => new()
    {
        Metadata = new ObjectMeta { Name = "pod" },
        Status = new PodStatus { ContainerStatuses = [.. ends.Select(end => new ContainerStatus { Name = "driver", State = new ContainerState { Terminated = end } })] },
    };

    private static Job Job(string condition, string reason) => new()
    {
        Metadata = new ObjectMeta { Name = "job" },
        Spec = new JobSpec { ActiveDeadlineSeconds = 300 },
        Status = new JobStatus { Conditions = [new PodCondition { Type = condition, Status = "True", Reason = reason }] },
    };
}
