using System.Text.Json.Nodes;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Sandbox.Tests.Crds;

public sealed class SampleTests
{
    public static TheoryData<string> Paths => [.. RepositoryFiles.In("config/samples", "*.yaml")];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_sample_is_accepted_and_has_no_unknown_field(string path)
    {
        foreach (var manifest in Manifests.ParseAll(RepositoryFiles.Read(path)).Where(IsCustom))
        {
            var (_, unknown, problems) = Manifests.Admit(manifest);

            unknown.ShouldBeEmpty();
            problems.Select(problem => problem.Text).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Every_kind_has_a_sample() =>
        Paths.SelectMany(path => Manifests.ParseAll(RepositoryFiles.Read(path.Data)))
            .Where(IsCustom)
            .Select(manifest => manifest["kind"]!.GetValue<string>())
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ShouldBe(Manifests.Kinds.Order(StringComparer.Ordinal));

    private static bool IsCustom(JsonObject manifest) =>
        manifest["apiVersion"]!.GetValue<string>().StartsWith("k8s.dolthub.com/", StringComparison.Ordinal);
}
