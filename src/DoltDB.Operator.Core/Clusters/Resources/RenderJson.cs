using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DoltDB.Operator.Core.Clusters.Resources;

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class RenderJson : JsonSerializerContext;
