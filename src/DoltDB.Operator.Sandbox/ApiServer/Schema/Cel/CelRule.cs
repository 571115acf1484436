using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>A compiled entry of <c>x-kubernetes-validations</c>.</summary>
internal sealed class CelRule
{
    private readonly string text;
    private readonly CelExpression condition;
    private readonly string? message;
    private readonly CelExpression? messageExpression;
    private readonly string fieldPath;
    private readonly string reason;
    private readonly bool oldSelfIsOptional;

    private CelRule(JsonObject rule, SchemaNode self)
    {
        text = rule.Text("rule") ?? "";
        message = rule.Text("message");
        fieldPath = rule.Text("fieldPath") ?? "";
        reason = rule.Text("reason") ?? "FieldValueInvalid";
        oldSelfIsOptional = rule.Flag("optionalOldSelf");
        var checker = new CelChecker(self, oldSelfIsOptional);
        condition = CelParser.Parse(text);
        checker.Check(condition);
        IsTransition = checker.UsesOldSelf && !oldSelfIsOptional;
        if (rule.Text("messageExpression") is not { } wording) return;
        messageExpression = CelParser.Parse(wording);
        checker.Check(messageExpression);
    }

    /// <summary>The rule compares with the old value and is skipped when there is none.</summary>
    public bool IsTransition { get; }

    /// <exception cref="SchemaException">A rule does not compile.</exception>
    public static IReadOnlyList<CelRule> CompileAll(JsonArray? rules, SchemaNode self, string path)
    {
        if (rules is null) return [];
        var compiled = new List<CelRule>(rules.Count);
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i] as JsonObject ?? [];
            try
            {
                compiled.Add(new CelRule(rule, self));
            }
            catch (CelSyntaxException error)
            {
                throw new SchemaException($"{path}.x-kubernetes-validations[{i}].rule",
                    $"Invalid value: {JsonFacts.Show(rule)}: compilation failed: ERROR: {error.Message} in rule {rule.Text("rule")}");
            }
        }

        return compiled;
    }

    /// <summary>The problem with the value; null when it keeps the rule.</summary>
    /// <param name="value">The value the rule belongs to.</param>
    /// <param name="old">The stored value at the same place; null when there is none.</param>
    /// <param name="path">Path of the value, for the problem.</param>
    public FieldProblem? Check(JsonNode value, JsonNode? old, string path)
    {
        object? oldSelf = CelValues.From(old);
        if (oldSelfIsOptional) oldSelf = old is null ? CelOptional.None : new CelOptional(true, oldSelf);
        var scope = new CelScope("self", CelValues.From(value), new CelScope("oldSelf", oldSelf, null));
        var place = path + (fieldPath.Length > 0 && path.Length == 0 ? fieldPath.TrimStart('.') : fieldPath);
        if (place.Length == 0) place = "<nil>";
        var shown = value is JsonValue ? value : null;
        return CelEvaluator.Evaluate(condition, scope) switch
        {
            true => null,
            false => Failed(place, shown, Message(scope)),
            CelError error => Failed(place, shown, $"{error.Message} evaluating rule: {message ?? text}"),
            _ => Failed(place, shown, $"rule does not evaluate to bool: {text}"),
        };
    }

    private string Message(CelScope scope)
    {
        if (messageExpression is not null && CelEvaluator.Evaluate(messageExpression, scope) is string wording && wording.Trim().Length > 0)
        {
            return wording;
        }

        return message is { Length: > 0 } ? message : "failed rule: " + text;
    }

    private FieldProblem Failed(string place, JsonNode? shown, string detail) => reason switch
    {
        "FieldValueForbidden" => FieldProblem.Forbidden(place, detail),
        "FieldValueRequired" => FieldProblem.Required(place, detail),
        "FieldValueDuplicate" => FieldProblem.Duplicate(place, shown),
        _ when shown is null || fieldPath.Length > 0 => FieldProblem.InvalidUnshown(place, detail),
        _ => FieldProblem.Invalid(place, shown, detail),
    };
}
