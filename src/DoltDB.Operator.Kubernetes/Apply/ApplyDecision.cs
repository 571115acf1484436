using System.Text;
using System.Text.Json;

namespace DoltDB.Operator.Kubernetes.Apply;

/// <summary>
/// Answers without a request whether a server-side apply would change anything: whether the desired object is no part of the live one.
/// Pure; knows quantities, lists that are maps by a key, and what servers leave out or add.
/// </summary>
public static class ApplyDecision
{
    /// <summary>
    /// Whether <paramref name="live"/> lacks or contradicts anything that <paramref name="desired"/> says. Status, apiVersion and kind are
    /// not looked at. Fields that are no longer desired do not show here; see <see cref="Applier"/>.
    /// </summary>
    public static bool WouldChange(JsonElement live, JsonElement desired)
    {
        foreach (var member in desired.EnumerateObject())
        {
            if (member.Name is "apiVersion" or "kind" or "status")
                continue;
            if (member.NameEquals("stringData"u8))
            {
                if (LacksStringData(live, member.Value))
                    return true;
            }
            else if (Differs(Member(live, member.Name), member.Value, new Place(member.Name, "", false)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Differs(JsonElement? live, JsonElement desired, Place place) => desired.ValueKind switch
    {
        JsonValueKind.Null => !IsAbsent(live),
        JsonValueKind.Object => MapDiffers(live, desired, place),
        JsonValueKind.Array => ListDiffers(live, desired, place),
        _ => live is not { } value || ScalarDiffers(value, desired, place),
    };

    private static bool MapDiffers(JsonElement? live, JsonElement desired, Place place)
    {
        if (live is not { ValueKind: JsonValueKind.Object })
            return !IsAbsent(live) || HasAnything(desired);
        foreach (var member in desired.EnumerateObject())
        {
            if (Differs(Member(live.Value, member.Name), member.Value, place.Below(member.Name)))
                return true;
        }

        return false;
    }

    private static bool ListDiffers(JsonElement? live, JsonElement desired, Place place)
    {
        var wanted = desired.GetArrayLength();
        if (live is not { ValueKind: JsonValueKind.Array } list)
            return !IsAbsent(live) || wanted > 0;
        if (place.Name == "finalizers")
            return desired.EnumerateArray().Any(name => !list.EnumerateArray().Any(present => present.ValueEquals(name.GetString())));
        if (MergeKey.Of(place.Name, desired) is { } key)
            return desired.EnumerateArray().Any(element => Differs(key.Find(list, element), element, place));
        return list.GetArrayLength() != wanted || list.EnumerateArray().Zip(desired.EnumerateArray()).Any(pair => Differs(pair.First, pair.Second, place));
    }

    private static bool ScalarDiffers(JsonElement live, JsonElement desired, Place place)
    {
        if (live.ValueKind == JsonValueKind.Number && desired.ValueKind == JsonValueKind.Number)
            return live.GetRawText() != desired.GetRawText() && live.GetDouble() != desired.GetDouble();
        if (place.IsQuantity && AsQuantity(live) is { } has && AsQuantity(desired) is { } wants)
            return has != wants;
        if (live.ValueKind != desired.ValueKind)
            return true;
        return desired.ValueKind == JsonValueKind.String && !live.ValueEquals(desired.GetString());
    }

    private static decimal? AsQuantity(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDecimal(),
        JsonValueKind.String => Api.Meta.Quantity.TryParse(element.GetString()!, out var value) ? value : null,
        _ => null,
    };

    /// <summary>stringData is merged into data by the server and never comes back.</summary>
    private static bool LacksStringData(JsonElement live, JsonElement stringData)
    {
        var data = Member(live, "data");
        foreach (var member in stringData.EnumerateObject())
        {
            var wanted = Convert.ToBase64String(Encoding.UTF8.GetBytes(member.Value.GetString() ?? ""));
            if (data is not { ValueKind: JsonValueKind.Object } map || Member(map, member.Name) is not { } value || !value.ValueEquals(wanted))
                return true;
        }

        return false;
    }

    private static JsonElement? Member(JsonElement map, string name) => map.TryGetProperty(name, out var value) ? value : null;

    private static bool IsAbsent(JsonElement? element) => element is not { } value || value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };

    /// <summary>Whether a map says anything: an empty map, or one of empty maps only, is what a server may leave out.</summary>
    private static bool HasAnything(JsonElement map) => map.EnumerateObject().Any(member => member.Value.ValueKind switch
    {
        JsonValueKind.Null => false,
        JsonValueKind.Object => HasAnything(member.Value),
        JsonValueKind.Array => member.Value.GetArrayLength() > 0,
        _ => true,
    });

    /// <summary>Where a value is, as far as its meaning depends on it.</summary>
    /// <param name="Name">Field name.</param>
    /// <param name="Parent">Field name of the map that holds it.</param>
    /// <param name="IsText">Whether everything from here on is text without meaning (labels, annotations, data).</param>
    private readonly record struct Place(string Name, string Parent, bool IsText)
    {
        /// <summary>Whether the value is a resource quantity, equal by value: 1Gi is 1024Mi.</summary>
        public bool IsQuantity => !IsText
            && (Parent is "requests" or "limits" or "capacity" or "hard" or "default" or "defaultRequest" || Name is "sizeLimit" or "divisor");

        public Place Below(string member) =>
            new(member, Name, IsText || Name is "labels" or "annotations" or "matchLabels" or "nodeSelector" or "data" or "binaryData");
    }
}
