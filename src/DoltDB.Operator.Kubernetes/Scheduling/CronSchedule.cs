namespace DoltDB.Operator.Kubernetes.Scheduling;

/// <summary>
/// When something recurs, as the schedules of CronJobs say it: five fields (minute, hour, day of month, month, day of week) or
/// <c>@hourly</c>, <c>@daily</c>, <c>@midnight</c>, <c>@weekly</c>, <c>@monthly</c>, <c>@yearly</c>, <c>@annually</c>, in a time zone.
/// When both day fields are restricted, one that fits is enough. A time that the zone skips in spring does not occur; one that it
/// repeats in autumn occurs once for each.
/// </summary>
public sealed class CronSchedule
{
    private const int YearsToSearch = 8;
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly CronField minutes;
    private readonly CronField hours;
    private readonly CronField monthDays;
    private readonly CronField months;
    private readonly CronField weekDays;
    private readonly TimeZoneInfo zone;

    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        minutes = CronField.Parse(fields[0], "minute", 0, 59, []);
        hours = CronField.Parse(fields[1], "hour", 0, 23, []);
        monthDays = CronField.Parse(fields[2], "day of month", 1, 31, []);
        months = CronField.Parse(fields[3], "month", 1, 12, Months);
        weekDays = CronField.Parse(fields[4], "day of week", 0, 6, Days);
        this.zone = zone;
    }

    /// <summary>Parses a schedule.</summary>
    /// <param name="text">The schedule; <c>CRON_TZ=</c> and <c>TZ=</c> in it are refused, as CronJobs do.</param>
    /// <param name="timeZone">Name of the time zone, <c>Europe/Berlin</c>; UTC when null or empty.</param>
    /// <exception cref="FormatException">The text is no schedule, or there is no such time zone.</exception>
    public static CronSchedule Parse(string text, string? timeZone = null)
    {
        if (text.Contains("TZ", StringComparison.Ordinal))
            throw new FormatException($"\"{text}\": the time zone does not belong into the schedule");
        var fields = Expand(text.Trim()).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length != 5)
            throw new FormatException($"\"{text}\": a schedule has 5 fields, not {fields.Length}");
        return new CronSchedule(fields, Zone(timeZone));
    }

    /// <summary>The first time after the given one; null when there is none within the next eight years (February 30).</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        // Minutes are walked in UTC, so that neither skipped nor repeated local hours need a rule of their own.
        var utc = after.UtcDateTime;
        var time = new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc).AddMinutes(1);
        var end = time.AddYears(YearsToSearch);
        while (time < end)
        {
            var local = TimeZoneInfo.ConvertTimeFromUtc(time, zone);
            if (!months.Takes(local.Month) || !TakesDay(local))
                time = UntilNextHour(time, local).AddHours(Math.Max(0, 22 - local.Hour));
            else if (!hours.Takes(local.Hour))
                time = UntilNextHour(time, local);
            else if (!minutes.Takes(local.Minute))
                time = time.AddMinutes(1);
            else
                return new DateTimeOffset(time, TimeSpan.Zero);
        }

        return null;
    }

    private static string Expand(string text) => text switch
    {
        "@yearly" or "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" or "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => text,
    };

    private static TimeZoneInfo Zone(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return TimeZoneInfo.Utc;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : throw new FormatException($"there is no time zone \"{name}\"");
    }

    /// <summary>The start of the next local hour. Days are skipped but for their last hours, where a change of the clock may lie.</summary>
    private static DateTime UntilNextHour(DateTime time, DateTime local) => time.AddMinutes(60 - local.Minute);

    private bool TakesDay(DateTime local)
    {
        var (byMonth, byWeek) = (monthDays.Takes(local.Day), weekDays.Takes((int)local.DayOfWeek));
        return monthDays.IsUnrestricted || weekDays.IsUnrestricted ? byMonth && byWeek : byMonth || byWeek;
    }
}
