using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Api.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("10Gi", "10737418240")]
    [InlineData("500m", "0.5")]
    [InlineData("1e3", "1000")]
    [InlineData("2", "2")]
    [InlineData(".5", "0.5")]
    [InlineData("-1k", "-1000")]
    public void A_quantity_has_the_value_that_Kubernetes_gives_it(string text, string value) =>
        new Quantity(text).Value.ShouldBe(decimal.Parse(value));

    [Theory]
    [InlineData("")]
    [InlineData("ten")]
    [InlineData("10Xi")]
    public void A_text_that_is_no_quantity_has_no_value(string text) => new Quantity(text).Value.ShouldBeNull();

    [Fact]
    public void Quantities_are_equal_by_value() => new Quantity("1024Mi").ShouldBe(new Quantity("1Gi"));
}
