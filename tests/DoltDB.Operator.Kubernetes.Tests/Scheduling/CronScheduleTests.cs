using System.Globalization;
using DoltDB.Operator.Kubernetes.Scheduling;

namespace DoltDB.Operator.Kubernetes.Tests.Scheduling;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("*/15 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:15:00Z")]
    [InlineData("0 3 * * *", "2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z")]
    [InlineData("30 2 1 JAN,jul *", "2026-01-01T02:30:59Z", "2026-07-01T02:30:00Z")]
    [InlineData("0 0 * * mon-fri", "2026-01-02T00:00:00Z", "2026-01-05T00:00:00Z")]
    [InlineData("5 10-20/5 * * *", "2026-01-01T10:05:00Z", "2026-01-01T15:05:00Z")]
    [InlineData("0 22/1 * * *", "2026-01-01T00:00:00Z", "2026-01-01T22:00:00Z")]
    [InlineData("@weekly", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z")]
    [InlineData("@yearly", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 13 * FRI", "2026-03-01T00:00:00Z", "2026-03-06T00:00:00Z")]
    [InlineData("0 0 13 * *", "2026-03-01T00:00:00Z", "2026-03-13T00:00:00Z")]
    public void The_next_time_follows_the_fields(string schedule, string after, string next) =>
        CronSchedule.Parse(schedule).Next(Time(after)).ShouldBe(Time(next));

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("0 3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("0 23 * * *", "2026-10-25T12:00:00Z", "2026-10-25T22:00:00Z")]
    [InlineData("0 0 30 3 *", "2026-03-28T12:00:00Z", "2026-03-29T22:00:00Z")]
    public void Times_are_those_of_the_zone_also_when_its_clock_changes(string schedule, string after, string next) =>
        CronSchedule.Parse(schedule, "Europe/Berlin").Next(Time(after)).ShouldBe(Time(next));

    [Fact]
    public void A_day_that_never_comes_has_no_next_time() => CronSchedule.Parse("0 0 30 2 *").Next(DateTimeOffset.UnixEpoch).ShouldBeNull();

    [Theory]
    [InlineData("* * * *", "5 fields")]
    [InlineData("60 * * * *", "minute")]
    [InlineData("* * * * 7", "day of week")]
    [InlineData("*/0 * * * *", "step")]
    [InlineData("9-3 * * * *", "minute")]
    [InlineData("TZ=UTC * * * * *", "time zone")]
    [InlineData("a * * * *", "\"a\"")]
    public void A_wrong_schedule_is_refused_with_the_field_that_is_wrong(string schedule, string message) =>
        Should.Throw<FormatException>(() => CronSchedule.Parse(schedule)).Message.ShouldContain(message);

    [Fact]
    public void An_unknown_time_zone_is_refused() =>
        Should.Throw<FormatException>(() => CronSchedule.Parse("* * * * *", "Mars/Olympus")).Message.ShouldContain("Mars/Olympus");

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
