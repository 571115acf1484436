using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>JSON merge patch (RFC 7386).</summary>
internal static class MergePatch
{
    /// <summary>The patched object; the arguments stay as they are.</summary>
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var result = target.DeepClone().AsObject();
        Merge(result, patch);
        return result;
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject fields)
            {
                if (target[name] is not JsonObject child) target[name] = child = [];
                Merge(child, fields);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
