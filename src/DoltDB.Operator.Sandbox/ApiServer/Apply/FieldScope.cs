namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>Which fields have owners at all, and which of them a write through an endpoint is about.</summary>
internal static class FieldScope
{
    private static readonly string[] UnownedMetadata =
    [
        "f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid", "f:clusterName", "f:generation", "f:managedFields",
        "f:resourceVersion",
    ];

    /// <summary>Drops what nobody owns, and what the endpoint ignores: status through the main one, all else through status.</summary>
    public static void Restrict(FieldSet fields, bool hasStatusSubresource, string? subresource)
    {
        if (subresource == "status")
        {
            foreach (var key in fields.Children.Keys.ToList())
            {
                if (key != "f:status") fields.Remove(key);
            }

            return;
        }

        if (hasStatusSubresource && string.IsNullOrEmpty(subresource)) fields.Remove("f:status");
        fields.IsMember = false;
        fields.Remove("f:apiVersion");
        fields.Remove("f:kind");
        if (fields.Find("f:metadata") is not { } metadata) return;
        metadata.IsMember = false;
        foreach (var key in UnownedMetadata) metadata.Remove(key);
        if (metadata.IsEmpty) fields.Remove("f:metadata");
    }
}
