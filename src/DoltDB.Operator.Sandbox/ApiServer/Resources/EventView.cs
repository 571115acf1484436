using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Resources;

/// <summary>The same events in two APIs: stored as core/v1, shown as events.k8s.io/v1 with other names.</summary>
internal static class EventView
{
    public static readonly ObjectView View = new(FromCore, ToCore);

    public static readonly IReadOnlyList<string> Fields =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ];

    private static readonly (string Core, string Events)[] Renamed =
    [
        ("message", "note"), ("involvedObject", "regarding"), ("reportingComponent", "reportingController"), ("source", "deprecatedSource"),
        ("count", "deprecatedCount"), ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
    ];

    private static JsonObject FromCore(JsonObject stored) => Rename(stored, "events.k8s.io/v1", static pair => (pair.Core, pair.Events));

    private static JsonObject ToCore(JsonObject shown) => Rename(shown, "v1", static pair => (pair.Events, pair.Core));

    private static JsonObject Rename(JsonObject obj, string apiVersion, Func<(string Core, string Events), (string From, string To)> direction)
    {
        foreach (var pair in Renamed)
        {
            var (from, to) = direction(pair);
            if (!obj.TryGetPropertyValue(from, out var value))
                continue;
            obj.Remove(from);
            obj[to] = value;
        }

        if (obj.Text("apiVersion") is not null)
            obj["apiVersion"] = apiVersion;
        return obj;
    }
}
