using System.Text.Json.Nodes;

namespace DoltDB.Operator.Kubernetes.Apply;

/// <summary>
/// Makes what another program wrote by updates look applied by this one, as <c>kubectl apply --server-side</c> does for what it wrote itself
/// before: else no apply could ever remove it, for its writer, who is gone, would still own it.
/// </summary>
internal static class FieldTakeover
{
    /// <summary>The entries of <c>metadata.managedFields</c> with the former manager's updates as the new one's apply; null when there are none.</summary>
    public static JsonArray? Rewrite(JsonArray entries, string former, string manager)
    {
        var taken = entries.OfType<JsonObject>().Where(entry => Is(entry, former, "Update")).ToList();
        if (taken.Count == 0)
            return null;
        var own = entries.OfType<JsonObject>().FirstOrDefault(entry => Is(entry, manager, "Apply"));
        var result = (own ?? taken[0]).DeepClone().AsObject();
        result["manager"] = manager;
        result["operation"] = "Apply";
        var fields = result["fieldsV1"] as JsonObject ?? [];
        foreach (var entry in taken)
            Add(fields, entry["fieldsV1"] as JsonObject ?? []);
        result["fieldsV1"] = fields.DeepClone();
        IEnumerable<JsonNode?> others = entries.OfType<JsonObject>().Where(entry => entry != own && !taken.Contains(entry)).Select(static entry => entry.DeepClone());
        return new JsonArray([.. others, result]);
    }

    /// <summary>Entries of a subresource belong to its writers.</summary>
    private static bool Is(JsonObject entry, string manager, string operation) =>
        entry["manager"]?.GetValue<string>() == manager && entry["operation"]?.GetValue<string>() == operation && entry["subresource"] is null;

    private static void Add(JsonObject fields, JsonObject more)
    {
        foreach (var (key, value) in more)
        {
            if (fields[key] is JsonObject known && value is JsonObject below)
                Add(known, below);
            else
                fields[key] = value?.DeepClone();
        }
    }
}
