using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Tables;

/// <summary>Shows objects as tables (meta.k8s.io/v1 Table), which is what <c>kubectl get</c> prints.</summary>
internal sealed class TableRenderer(ResourceType type, TimeProvider time)
{
    private readonly IReadOnlyList<TableColumn> columns = type.IsCustom ? CustomColumns(type) : BuiltInColumns.Of(type.Kind);

    /// <summary>A table of the objects; the metadata of a list is given with it.</summary>
    public JsonObject Table(IEnumerable<StoredObject> objects, JsonObject metadata) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = metadata,
        ["columnDefinitions"] = new JsonArray([.. columns.Select(Definition)]),
        ["rows"] = new JsonArray([.. objects.Select(Row)]),
    };

    /// <summary>A table of one object.</summary>
    public JsonObject Table(StoredObject stored) =>
        Table([stored], new JsonObject { ["resourceVersion"] = stored.Revision.ToString(CultureInfo.InvariantCulture) });

    private static JsonNode Definition(TableColumn column) => new JsonObject
    {
        ["name"] = column.Name, ["type"] = column.Type, ["format"] = column.Format, ["description"] = column.Name, ["priority"] = column.Priority,
    };

    private JsonNode Row(StoredObject stored)
    {
        var now = time.GetUtcNow();
        return new JsonObject
        {
            ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(stored.Root, now))]),
            ["object"] = new JsonObject
            {
                ["kind"] = "PartialObjectMetadata",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = JsonNode.Parse(stored.Metadata.GetRawText()),
            },
        };
    }

    private static IReadOnlyList<TableColumn> CustomColumns(ResourceType type)
    {
        var version = type.Definition!["spec"]!.AsObject().Objects("versions").First(v => v.Text("name") == type.Version);
        var given = version.Objects("additionalPrinterColumns").Select(Column).ToList();
        return given.Count > 0 ? [TableColumn.ObjectName, .. given] : [TableColumn.ObjectName, TableColumn.Age];
    }

    private static TableColumn Column(JsonObject column)
    {
        var (path, kind) = (column.Text("jsonPath") ?? "", column.Text("type") ?? "string");
        return new TableColumn(column.Text("name") ?? "", kind, (int)(column.Number("priority") ?? 0), (root, now) => Cell(root, path, kind, now));
    }

    private static JsonNode? Cell(JsonElement root, string path, string kind, DateTimeOffset now)
    {
        var values = SimpleJsonPath.Read(root, path).ToList();
        if (values.Count == 0)
            return null;
        return kind == "date" ? TableColumn.AgeOf(values[0], now) : TableColumn.Value(values[0]);
    }
}
