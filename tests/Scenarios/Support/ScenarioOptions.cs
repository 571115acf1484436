using System.Globalization;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>Where the scenarios run: an in-process sandbox, or the cluster of the kubeconfig.</summary>
internal sealed record ScenarioOptions
{
    /// <summary><c>DOLTDB_SCENARIOS_TARGET=cluster</c>: run on the cluster that KUBECONFIG names, where an operator is installed.</summary>
    public bool OnCluster { get; init; }

    /// <summary><c>DOLTDB_SCENARIOS_ADDRESSES=direct</c>: this machine reaches pods and Services; otherwise <c>kubectl port-forward</c> does.</summary>
    public bool DirectAddresses { get; init; }

    /// <summary><c>DOLTDB_SCENARIOS_PATIENCE</c>, in seconds: how long to wait for anything.</summary>
    public required TimeSpan Patience { get; init; }

    public static ScenarioOptions OfProcess() => Read(Environment.GetEnvironmentVariable);

    /// <exception cref="FormatException">A variable has a value that means nothing.</exception>
    public static ScenarioOptions Read(Func<string, string?> variable)
    {
        var onCluster = Choice(variable, "DOLTDB_SCENARIOS_TARGET", "sandbox", "cluster");
        return new ScenarioOptions
        {
            OnCluster = onCluster,
            DirectAddresses = Choice(variable, "DOLTDB_SCENARIOS_ADDRESSES", "port-forward", "direct"),
            Patience = TimeSpan.FromSeconds(Number(variable, "DOLTDB_SCENARIOS_PATIENCE", onCluster ? 300 : 60)),
        };
    }

    private static bool Choice(Func<string, string?> variable, string name, string usual, string other) => variable(name) switch
    {
        null or "" => false,
        var value when value == usual => false,
        var value when value == other => true,
        var value => throw new FormatException($"{name}={value}: expected {usual} or {other}"),
    };

    private static int Number(Func<string, string?> variable, string name, int usual) => variable(name) switch
    {
        null or "" => usual,
        var value when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 => seconds,
        var value => throw new FormatException($"{name}={value}: expected a number of seconds"),
    };
}
