using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Patches;

/// <summary>RFC 7386 patches: objects merge, null removes, everything else replaces.</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject inner:
                    target[name] = target[name] is JsonObject existing
                        ? Apply(Detach(target, name, existing), inner)
                        : Apply([], inner);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }

        return target;
    }

    private static JsonObject Detach(JsonObject parent, string name, JsonObject child)
    {
        parent.Remove(name);
        return child;
    }
}
