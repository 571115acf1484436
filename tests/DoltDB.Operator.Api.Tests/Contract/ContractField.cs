using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Api.Tests.Contract;

/// <summary>A field that existing manifests may use: one line of fields.tsv.</summary>
internal sealed partial record ContractField(
    string Kind,
    string Path,
    string Type,
    bool Required,
    string Default,
    IReadOnlyList<string> Limits)
{
    public override string ToString() => $"{Kind} {Path}";

    public static IReadOnlyList<ContractField> All() =>
        [.. RepositoryFiles.Read("tests/DoltDB.Operator.Api.Tests/Contract/fields.tsv")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(Parse)];

    private static ContractField Parse(string line)
    {
        var cells = line.Split('\t');
        var preset = cells[4].Length == 0 ? "" : JsonNode.Parse(cells[4])!.ToJsonString();
        var limits = Limit().Matches(cells[5])
            .Select(match => $"{match.Groups["name"].Value}={JsonNode.Parse(match.Groups["value"].Value)!.ToJsonString()}")
            .Order(StringComparer.Ordinal);
        return new ContractField(cells[0], cells[1], cells[2], cells[3] == "required", preset, [.. limits]);
    }

    [GeneratedRegex(
        """(?<name>[a-zA-Z.]+)=(?<value>"([^"\\]|\\.)*"|\[[^\]]*\]|[0-9]+)""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Limit();
}
