using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>Validates object metadata.</summary>
internal static partial class MetadataRules
{
    private const string SubdomainText =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelText =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
        + "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string ServiceLabelText =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
        + "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string QualifiedNameText =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string LabelValueText =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    public static List<FieldProblem> Validate(JsonObject metadata, NameRule rule, JsonObject? old)
    {
        var problems = new List<FieldProblem>();
        if (old is null)
            CheckName(metadata.Text("name") ?? "", rule, problems);
        CheckLabels(metadata["labels"] as JsonObject, problems);
        foreach (var (name, _) in metadata["annotations"] as JsonObject ?? [])
            CheckKey("metadata.annotations", name, problems);
        CheckOwners(metadata, problems);
        if (old is not null)
            CheckFinalizers(metadata, old, problems);
        return problems;
    }

    private static void CheckName(string name, NameRule rule, List<FieldProblem> problems)
    {
        if (name.Length == 0)
        {
            problems.Add(FieldProblem.Required("metadata.name", "name or generateName is required"));
            return;
        }

        var (limit, isValid, text) = rule switch
        {
            NameRule.Label => (63, LabelPattern().IsMatch(name), LabelText),
            NameRule.ServiceLabel => (63, ServiceLabelPattern().IsMatch(name), ServiceLabelText),
            NameRule.PathSegment => (253, name is not ("." or "..") && !name.Contains('/') && !name.Contains('%'), "may not contain '/' or '%'"),
            _ => (253, SubdomainPattern().IsMatch(name), SubdomainText),
        };
        if (!isValid)
            problems.Add(FieldProblem.Invalid("metadata.name", name, text));
        if (name.Length > limit)
            problems.Add(FieldProblem.Invalid("metadata.name", name, $"must be no more than {limit} characters"));
    }

    private static void CheckLabels(JsonObject? labels, List<FieldProblem> problems)
    {
        foreach (var (name, value) in labels ?? [])
        {
            CheckKey("metadata.labels", name, problems);
            var text = value?.ToString() ?? "";
            if (text.Length > 63)
                problems.Add(FieldProblem.Invalid("metadata.labels", text, "must be no more than 63 characters"));
            else if (text.Length > 0 && !QualifiedPattern().IsMatch(text))
                problems.Add(FieldProblem.Invalid("metadata.labels", text, LabelValueText));
        }
    }

    private static void CheckKey(string field, string key, List<FieldProblem> problems)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        if (slash >= 0 && !SubdomainPattern().IsMatch(key[..slash]))
            problems.Add(FieldProblem.Invalid(field, key, $"prefix part {SubdomainText}"));
        if (name.Length == 0)
            problems.Add(FieldProblem.Invalid(field, key, "name part must be non-empty"));
        if (name.Length > 63)
            problems.Add(FieldProblem.Invalid(field, key, "name part must be no more than 63 characters"));
        if (!QualifiedPattern().IsMatch(name))
            problems.Add(FieldProblem.Invalid(field, key, QualifiedNameText));
    }

    private static void CheckOwners(JsonObject metadata, List<FieldProblem> problems)
    {
        JsonObject? controller = null;
        foreach (var owner in metadata.Objects("ownerReferences"))
        {
            foreach (var name in new[] { "apiVersion", "kind", "name", "uid" })
            {
                if (string.IsNullOrEmpty(owner.Text(name)))
                    problems.Add(FieldProblem.Invalid($"metadata.ownerReferences.{name}", owner.Text(name) ?? "", "must not be empty"));
            }

            if (!owner.Flag("controller"))
                continue;
            if (controller is not null)
            {
                problems.Add(FieldProblem.Invalid(
                    "metadata.ownerReferences",
                    metadata["ownerReferences"],
                    $"Only one reference can have Controller set to true. Found \"true\" in references for {Show(controller)} and {Show(owner)}"));
            }

            controller = owner;
        }
    }

    private static string Show(JsonObject owner) => $"{owner.Text("kind")}/{owner.Text("name")}";

    private static void CheckFinalizers(JsonObject metadata, JsonObject old, List<FieldProblem> problems)
    {
        if (old["deletionTimestamp"] is null)
            return;
        var before = (old["finalizers"] as JsonArray ?? []).Select(f => f?.ToString()).ToHashSet();
        var added = (metadata["finalizers"] as JsonArray ?? []).Select(f => f?.ToString()).Where(f => !before.Contains(f)).ToList();
        if (added.Count > 0)
        {
            problems.Add(FieldProblem.Forbidden(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                + string.Join(", ", added.Select(f => $"\"{f}\"")) + "}"));
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelPattern();

    [GeneratedRegex("^[a-z]([-a-z0-9]*[a-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ServiceLabelPattern();

    [GeneratedRegex("^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex QualifiedPattern();
}
