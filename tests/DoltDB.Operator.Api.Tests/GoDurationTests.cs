using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Api.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("250ms", 250)]
    [InlineData("0", 0)]
    [InlineData("-2s", -2_000)]
    public void A_duration_is_read_as_Go_reads_it(string text, double milliseconds)
    {
        GoDuration.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("3x")]
    public void A_text_that_is_no_duration_is_refused(string? text) => GoDuration.TryParse(text, out _).ShouldBeFalse();
}
