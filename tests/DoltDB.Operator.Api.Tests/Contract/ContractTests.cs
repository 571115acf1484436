namespace DoltDB.Operator.Api.Tests.Contract;

/// <summary>Manifests of existing users keep their meaning: every field is as it was, but for listed reasons.</summary>
public sealed class ContractTests
{
    private const string Ordinals = "ordinals and numbers of pods have 32 bits";

    private const string Elsewhere = "an object may live on another server than a DoltDB; exactly one must be given";

    private const string Pods = "Kubernetes refuses a budget with any other number";

    private const string Ports = "no server listens on such a port: it would only fail to start";

    /// <summary>What differs on purpose, by field and aspect.</summary>
    private static readonly Dictionary<string, string> Deviations = new()
    {
        ["DoltDB spec.podDisruptionBudget limits"] = "Kubernetes refuses a budget with both, and ours would silently not exist",
        ["DoltDB spec.podDisruptionBudget.minAvailable limits"] = Pods,
        ["DoltDB spec.podDisruptionBudget.maxUnavailable limits"] = Pods,
        ["DoltDB spec.replication.primary.minCaughtUpStandby type"] = Ordinals,
        ["DoltDB spec.replication.primary.minCaughtUpStandby limits"] = "less than no standby has no meaning",
        ["DoltDB spec.replication.primary.podIndex type"] = Ordinals,
        ["DoltDB spec.replication.primary.podIndex limits"] = "there is no pod with a negative ordinal",
        ["DoltDB spec.server.listener.port limits"] = Ports,
        ["DoltDB spec.server.cluster.remotesAPI.port limits"] = Ports,
        ["DoltDB spec.server.metrics.port limits"] = Ports,
        ["DoltDB spec.replicationStrategy limits"] = "other values have no meaning",
        ["DoltDB spec.updateStrategy limits"] = "other values have no meaning",
        ["DoltDB status.currentPrimaryPodIndex type"] = Ordinals,
        ["DoltDB status.replicationEpoch type"] = "epochs are 64-bit numbers",
        ["Database spec limits"] = Elsewhere,
        ["Database spec.doltDBRef required"] = Elsewhere,
        ["Grant spec limits"] = Elsewhere,
        ["Grant spec.doltDBRef required"] = Elsewhere,
        ["Grant spec.privileges required"] = "roles can be granted instead; one of the two must be given",
        ["User spec limits"] = Elsewhere,
        ["User spec.doltDBRef required"] = Elsewhere,
        ["DoltDB spec.server.logLevel default"] = "at trace the servers log the text of every statement, passwords included",
    };

    private static readonly Dictionary<(string Kind, string Path), ContractField> Generated =
        SchemaFields.All().ToDictionary(field => (field.Kind, field.Path));

    [Fact]
    public void Every_field_has_its_type_default_and_limits()
    {
        var differences = ContractField.All().SelectMany(Differences).ToList();

        differences.Where(difference => !Deviations.ContainsKey(difference.Key)).Select(difference => difference.Text).ShouldBeEmpty();
    }

    [Fact]
    public void Every_listed_deviation_is_one() =>
        Deviations.Keys.Except(ContractField.All().SelectMany(Differences).Select(difference => difference.Key)).ShouldBeEmpty();

    [Fact]
    public void No_field_beyond_the_contract_must_be_given_in_a_manifest_of_it()
    {
        var known = ContractField.All().Select(field => (field.Kind, field.Path)).ToHashSet();

        Generated.Values
            .Where(field => field.Required && !known.Contains((field.Kind, field.Path)))
            .Where(field => known.Contains((field.Kind, field.Path[..field.Path.LastIndexOf('.')])))
            .ShouldBeEmpty();
    }

    private static IEnumerable<(string Key, string Text)> Differences(ContractField expected)
    {
        if (!Generated.TryGetValue((expected.Kind, expected.Path), out var actual))
        {
            yield return ($"{expected} presence", $"{expected} is missing");
            yield break;
        }

        if (actual.Type != expected.Type)
            yield return Difference(expected, "type", expected.Type, actual.Type);
        if (actual.Required != expected.Required)
            yield return Difference(expected, "required", expected.Required, actual.Required);
        if (actual.Default != expected.Default)
            yield return Difference(expected, "default", expected.Default, actual.Default);
        if (!actual.Limits.SequenceEqual(expected.Limits))
            yield return Difference(expected, "limits", string.Join(' ', expected.Limits), string.Join(' ', actual.Limits));
    }

    private static (string Key, string Text) Difference(ContractField field, string aspect, object expected, object actual) =>
        ($"{field} {aspect}", $"{field}: {aspect} is {actual} instead of {expected}");
}
