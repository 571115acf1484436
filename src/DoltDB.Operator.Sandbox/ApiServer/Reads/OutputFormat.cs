namespace DoltDB.Operator.Sandbox.ApiServer.Reads;

/// <summary>In which shape a client wants objects.</summary>
internal enum OutputShape
{
    Object,
    PartialMetadata,
    Table,
}

/// <summary>Shape and spelling of an answer, from the Accept header.</summary>
/// <param name="Shape">The shape of objects.</param>
/// <param name="IsYaml">YAML instead of JSON.</param>
internal sealed record OutputFormat(OutputShape Shape, bool IsYaml)
{
    public static readonly OutputFormat Json = new(OutputShape.Object, false);

    /// <summary>The first media type of the header that can be served; null when there is none.</summary>
    public static OutputFormat? Negotiate(string accept)
    {
        if (accept.Length == 0)
            return Json;
        foreach (var clause in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = clause.Split(';', StringSplitOptions.TrimEntries);
            var isYaml = parts[0] == "application/yaml";
            if (!isYaml && parts[0] is not ("application/json" or "*/*" or "application/*"))
                continue;
            if (ShapeOf(parts) is { } shape)
                return new OutputFormat(shape, isYaml);
        }

        return null;
    }

    private static OutputShape? ShapeOf(string[] parts)
    {
        var wanted = parts.FirstOrDefault(part => part.StartsWith("as=", StringComparison.Ordinal))?[3..];
        var isMeta = parts.Contains("g=meta.k8s.io") && parts.Contains("v=v1");
        return wanted switch
        {
            null => OutputShape.Object,
            "Table" when isMeta => OutputShape.Table,
            "PartialObjectMetadata" or "PartialObjectMetadataList" when isMeta => OutputShape.PartialMetadata,
            _ => null,
        };
    }
}
