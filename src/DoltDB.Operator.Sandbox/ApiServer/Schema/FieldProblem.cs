using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>One reason why an object is invalid, as the API reports it in <c>details.causes</c>.</summary>
/// <param name="Field">Path of the field, <c>spec.ports[0].name</c>; <c>&lt;nil&gt;</c> for the object itself.</param>
/// <param name="Reason">Machine-readable cause, <c>FieldValueInvalid</c> and the like.</param>
/// <param name="Message">The text after the field: <c>Unsupported value: "pink": supported values: "red"</c>.</param>
internal sealed record FieldProblem(string Field, string Reason, string Message)
{
    /// <summary>Field and message, as the Status message lists it.</summary>
    public string Text => Field + ": " + Message;

    public static FieldProblem Required(string field, string detail = "") =>
        new(field, "FieldValueRequired", Body("Required value", detail));

    public static FieldProblem Invalid(string field, JsonNode? value, string detail) =>
        new(field, "FieldValueInvalid", Body("Invalid value: " + JsonFacts.Show(value), detail));

    /// <summary>An invalid value that is too large to be shown.</summary>
    public static FieldProblem InvalidUnshown(string field, string detail) =>
        new(field, "FieldValueInvalid", Body("Invalid value", detail));

    public static FieldProblem TypeInvalid(string field, JsonNode? value, string detail) =>
        new(field, "FieldValueTypeInvalid", Body("Invalid value: " + JsonFacts.Show(value), detail));

    public static FieldProblem NotSupported(string field, JsonNode? value, string supported) =>
        new(field, "FieldValueNotSupported", $"Unsupported value: {JsonFacts.Show(value)}: supported values: {supported}");

    public static FieldProblem Duplicate(string field, JsonNode? value) =>
        new(field, "FieldValueDuplicate", "Duplicate value: " + JsonFacts.Show(value));

    public static FieldProblem Forbidden(string field, string detail) =>
        new(field, "FieldValueForbidden", Body("Forbidden", detail));

    public static FieldProblem TooLong(string field, int limit) =>
        new(field, "FieldValueTooLong", $"Too long: may not be more than {limit} bytes");

    public static FieldProblem TooMany(string field, int count, int limit) =>
        new(field, "FieldValueTooMany", $"Too many: {count}: must have at most {limit} items");

    /// <summary>Whether rules that assume a well-formed object cannot be run next to this problem.</summary>
    public bool BlocksRules => Reason is "FieldValueNotSupported" or "FieldValueRequired" or "FieldValueTooLong"
        or "FieldValueTooMany" or "FieldValueTypeInvalid";

    private static string Body(string kind, string detail) => detail.Length == 0 ? kind : kind + ": " + detail;
}
