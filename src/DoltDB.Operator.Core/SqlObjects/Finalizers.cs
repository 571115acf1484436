using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>Patches of finalizers.</summary>
internal static class Finalizers
{
    /// <summary>A patch that makes the object have these finalizers, if nobody has changed it since it was read.</summary>
    public static JsonObject Patch(ObjectMeta metadata, IEnumerable<string> finalizers) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["resourceVersion"] = metadata.ResourceVersion,
            ["uid"] = metadata.Uid,
            ["finalizers"] = new JsonArray([.. finalizers.Select(static finalizer => JsonValue.Create(finalizer))]),
        },
    };
}
