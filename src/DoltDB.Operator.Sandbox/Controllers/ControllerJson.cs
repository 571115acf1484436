using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Sandbox.Controllers.Garbage;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>Source-generated JSON of what only the controllers read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(DependentObject))]
[JsonSerializable(typeof(CustomDefinition))]
internal sealed partial class ControllerJson : JsonSerializerContext;
