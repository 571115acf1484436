using System.Text.Json.Nodes;
using DoltDB.Operator.CrdGenerator;

namespace DoltDB.Operator.Api.Tests;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("a plain sentence.", "a plain sentence.")]
    [InlineData("true", "\"true\"")]
    [InlineData("No", "\"No\"")]
    [InlineData("10Gi", "\"10Gi\"")]
    [InlineData("1.57.2", "\"1.57.2\"")]
    [InlineData("", "\"\"")]
    [InlineData("*", "\"*\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("a #b", "\"a #b\"")]
    [InlineData("ends with space ", "\"ends with space \"")]
    [InlineData("^\\d\"$", "\"^\\\\d\\\"$\"")]
    [InlineData("two\nlines", "\"two\\nlines\"")]
    public void A_text_is_quoted_where_YAML_would_read_something_else(string text, string expected) =>
        YamlText.Of(new JsonObject { ["value"] = text }).ShouldBe($"value: {expected}\n");

    [Fact]
    public void Objects_and_lists_are_nested_in_blocks() =>
        YamlText.Of(JsonNode.Parse("""{"a":{"b":[{"c":1,"d":[true]},"e"],"f":{}},"g":[]}""")!.AsObject()).ShouldBe("""
            a:
              b:
              - c: 1
                d:
                - true
              - e
              f: {}
            g: []

            """);
}
