using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>One entry of <c>metadata.managedFields</c>.</summary>
internal sealed record FieldOwner(string Manager, string Operation, string ApiVersion, string? Subresource, string? Time, FieldSet Fields)
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    /// <summary>The entry as it was read; null for a new or changed one.</summary>
    private JsonObject? source;

    public bool Is(string manager, string operation, string? subresource) =>
        Manager == manager && Operation == operation && string.Equals(Subresource ?? "", subresource ?? "", StringComparison.Ordinal);

    public static FieldOwner Read(JsonObject entry) => new(
        entry.Text("manager") ?? "", entry.Text("operation") ?? "", entry.Text("apiVersion") ?? "", entry.Text("subresource"),
        entry.Text("time"), FieldSet.Parse(entry["fieldsV1"] as JsonObject ?? []))
    {
        source = entry,
    };

    public FieldOwner With(FieldSet fields, string? time) => this with { Fields = fields, Time = time, source = null };

    public JsonObject ToJson()
    {
        if (source is not null) return source.DeepClone().AsObject();
        var entry = new JsonObject { ["manager"] = Manager, ["operation"] = Operation, ["apiVersion"] = ApiVersion };
        if (Time is not null) entry["time"] = Time;
        entry["fieldsType"] = "FieldsV1";
        entry["fieldsV1"] = Fields.ToJson();
        if (!string.IsNullOrEmpty(Subresource)) entry["subresource"] = Subresource;
        return entry;
    }

    /// <summary>The owner as conflict messages name it.</summary>
    public string Describe()
    {
        var text = new StringBuilder(JsonFacts.Quote(Manager));
        if (!string.IsNullOrEmpty(Subresource)) text.Append(" with subresource ").Append(JsonFacts.Quote(Subresource));
        if (Operation == Update) text.Append(" using ").Append(ApiVersion);
        return text.ToString();
    }

    public static string Timestamp(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The order in which entries are stored.</summary>
    public static int Compare(FieldOwner a, FieldOwner b)
    {
        var order = string.CompareOrdinal(a.Operation, b.Operation);
        if (order == 0) order = string.CompareOrdinal(a.Time ?? "", b.Time ?? "");
        if (order == 0) order = string.CompareOrdinal(a.Manager, b.Manager);
        if (order == 0) order = string.CompareOrdinal(a.ApiVersion, b.ApiVersion);
        return order == 0 ? string.CompareOrdinal(a.Subresource ?? "", b.Subresource ?? "") : order;
    }
}
