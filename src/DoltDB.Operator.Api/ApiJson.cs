using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Api;

/// <summary>Source-generated JSON of the custom resources.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(DoltDb))]
[JsonSerializable(typeof(Database))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(ExternalInstance))]
[JsonSerializable(typeof(DatabaseDriver))]
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(Backup))]
[JsonSerializable(typeof(BackupSchedule))]
public sealed partial class ApiJson : JsonSerializerContext;
