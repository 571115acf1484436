using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Tests.Clusters;
using DoltDB.Operator.CrdGenerator;

namespace DoltDB.Operator.Core.Tests.Resources;

/// <summary>Whatever the definitions let through is read, told as a problem or put into effect: an odd manifest is nobody else's trouble.</summary>
public sealed class OddManifestTests
{
    private static readonly XmlDocumentation Documentation = XmlDocumentation.Of(typeof(DoltDb).Assembly);
    private static readonly TypeSchema Schemas = new(CoreSchemas.Load(), Documentation);

    public static TheoryData<string> Kinds => [.. CustomResourceDefinition.Types.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_value_that_a_definition_allows_is_read(string kind)
    {
        var type = CustomResourceDefinition.Types.Single(type => type.Name == kind);
        var failures = new List<string>();
        foreach (var sample in SchemaSamples.Of(Schema(type)))
        {
            sample["metadata"] = new JsonObject { ["name"] = "odd" };
            try
            {
                JsonSerializer.Deserialize(sample.ToJsonString(), ApiJson.Default.GetTypeInfo(type)!).ShouldNotBeNull();
            }
            catch (Exception exception)
            {
                failures.Add($"{sample.ToJsonString()}: {exception.Message}");
            }
        }

        failures.ShouldBeEmpty();
    }

    [Fact]
    public void Every_spec_that_the_definition_allows_is_refused_in_words_or_rendered()
    {
        var spec = Schema(typeof(DoltDb))["properties"]!["spec"]!.AsObject();
        var failures = new List<string>();
        var rendered = 0;
        foreach (var sample in SchemaSamples.Of(spec))
        {
            foreach (var (member, value) in JsonNode.Parse(Situation.Replicated(3, 0))!.AsObject())
                sample[member] ??= value?.DeepClone();
            try
            {
                var situation = new Situation { Spec = sample.ToJsonString() };
                if (situation.Plan().Desired is not null)
                    rendered++;
            }
            catch (Exception exception)
            {
                failures.Add($"{sample.ToJsonString()}: {exception.Message}");
            }
        }

        failures.ShouldBeEmpty();
        rendered.ShouldBeGreaterThan(500);
    }

    private static JsonObject Schema(Type type)
    {
        var definition = CustomResourceDefinition.Of(type, Schemas, Documentation);
        return definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();
    }
}
