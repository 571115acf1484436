using DoltDB.Operator.Sandboxes;

namespace DoltDB.Operator.Tests;

/// <summary>The command as a script runs it.</summary>
public sealed class SandboxProcessTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("doltdb-command-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task The_built_in_sample_becomes_Ready_and_the_way_in_is_left_in_the_data_directory()
    {
        (await RunAsync()).ShouldBe(0);
        File.Exists(Path.Combine(directory, "data", "kubeconfig")).ShouldBeTrue();
        File.ReadAllText(Path.Combine(directory, "data", "default-my-dolt.cnf")).ShouldContain("user=\"root\"");
    }

    [Fact]
    public async Task Started_again_with_the_same_directory_everything_is_there()
    {
        (await RunAsync()).ShouldBe(0);
        var password = File.ReadAllText(Path.Combine(directory, "data", "default-my-dolt.cnf"));
        (await RunAsync()).ShouldBe(0);
        File.ReadAllText(Path.Combine(directory, "data", "default-my-dolt.cnf")).ShouldBe(password);
    }

    [Fact]
    public async Task A_manifest_that_is_refused_ends_with_code_1()
    {
        var file = Path.Combine(directory, "bad.yaml");
        await File.WriteAllTextAsync(file, "apiVersion: k8s.dolthub.com/v1alpha\nkind: DoltDB\nmetadata: {name: db}\nspec: {replicas: many}\n", Token);
        (await RunAsync(file)).ShouldBe(1);
    }

    private Task<int> RunAsync(params string[] files) => SandboxProcess.RunAsync(
        new SandboxCommandOptions { Files = files, DataDirectory = Path.Combine(directory, "data"), Dolt = "simulated", ExitsWhenReady = true }, Token);
}
