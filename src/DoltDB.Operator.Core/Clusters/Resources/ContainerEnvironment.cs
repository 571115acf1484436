using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>
/// The variables of a container. An API server refuses a list that names one twice, so each name is there once: the operator's value where
/// it depends on it, else the user's last one.
/// </summary>
internal static class ContainerEnvironment
{
    private static readonly string[] OperatorVariables = ["DOLT_ROOT_PATH", "POD_NAME", "DOLT_USERNAME", "DOLT_PASSWORD", "DOLT_MCP_USER", "DOLT_MCP_PASSWORD"];

    /// <summary>What the operator sets and depends on, what it only proposes, and what the user sets.</summary>
    public static IReadOnlyList<EnvVar> Of(DoltDbSpec spec, IEnumerable<EnvVar> own, params IReadOnlyList<EnvVar> proposed)
    {
        // In the order of first mention: a value may refer to variables before it.
        var variables = new OrderedDictionary<string, EnvVar>(StringComparer.Ordinal);
        foreach (var variable in own.Concat(proposed))
            variables.Add(variable.Name ?? "", variable);
        foreach (var variable in Users(spec).Where(variable => !IsOperators(variable)))
            variables[variable.Name ?? ""] = variable;
        return [.. variables.Values];
    }

    /// <summary>Variables of the user that the operator sets itself.</summary>
    public static IReadOnlyList<string> Ignored(DoltDbSpec spec) => [.. Users(spec).Where(IsOperators).Select(variable => variable.Name!).Distinct(StringComparer.Ordinal)];

    /// <summary>Variables that the user gives more than once.</summary>
    public static IReadOnlyList<string> Repeated(DoltDbSpec spec) =>
        [.. Users(spec).GroupBy(variable => variable.Name ?? "", StringComparer.Ordinal).Where(group => group.Skip(1).Any()).Select(group => group.Key)];

    private static bool IsOperators(EnvVar variable) => OperatorVariables.Contains(variable.Name, StringComparer.Ordinal);

    private static IEnumerable<EnvVar> Users(DoltDbSpec spec) => (spec.Env ?? []).Select(variable => variable.Deserialize(KubernetesJson.Default.EnvVar)!);
}
