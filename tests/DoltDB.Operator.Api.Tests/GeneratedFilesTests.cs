using DoltDB.Operator.CrdGenerator;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Api.Tests;

public sealed class GeneratedFilesTests
{
    /// <summary>kubectl apply keeps the whole object in an annotation, whose size the API server limits.</summary>
    private const int LargestAppliedObject = 262_144;

    public static TheoryData<string> Paths => [.. GeneratedFiles.All().Select(file => file.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_committed_file_is_what_the_types_say(string path)
    {
        var generated = GeneratedFiles.All().Single(file => file.Path == path).Content;

        RepositoryFiles.Read(path).ShouldBe(generated, $"run: dotnet run --project tools/CrdGenerator -- {RepositoryFiles.Root}");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_generated_file_is_small_enough_for_kubectl_apply(string path) =>
        GeneratedFiles.All().Single(file => file.Path == path).Content.Length.ShouldBeLessThan(LargestAppliedObject);

    [Fact]
    public void Each_kind_has_one_definition() =>
        RepositoryFiles.In("config/crd").ShouldBe(
            new[] { "backups", "backupschedules", "databasedrivers", "databases", "doltdbs", "externalinstances", "grants", "snapshots", "users" }
                .Select(plural => $"config/crd/k8s.dolthub.com_{plural}.yaml"));
}
