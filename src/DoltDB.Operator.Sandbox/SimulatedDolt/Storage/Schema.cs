using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

internal enum ColumnKind
{
    Boolean,
    TinyInt,
    SmallInt,
    Int,
    BigInt,
    Float,
    Double,
    Decimal,
    Char,
    VarChar,
    Text,
    Blob,
    Json,
    Date,
    DateTime,
    Timestamp,
}

internal sealed record ColumnType(ColumnKind Kind, int Length = 0, int Scale = 0, bool Unsigned = false)
{
    public bool IsInteger => Kind is >= ColumnKind.Boolean and <= ColumnKind.BigInt;

    public bool IsText => Kind is >= ColumnKind.Char and <= ColumnKind.Json;

    public bool IsTime => Kind is >= ColumnKind.Date;

    /// <summary>The type as DESCRIBE prints it.</summary>
    public override string ToString()
    {
        var name = Kind switch
        {
            ColumnKind.Boolean => "tinyint(1)",
            ColumnKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({(Length == 0 ? 10 : Length)},{Scale})"),
            ColumnKind.Char or ColumnKind.VarChar => string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}({(Length == 0 ? 1 : Length)})"),
            ColumnKind.DateTime or ColumnKind.Timestamp when Length > 0 =>
                string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}({Length})"),
            _ => Kind.ToString().ToLowerInvariant(),
        };
        return Unsigned ? name + " unsigned" : name;
    }
}

internal static class ColumnTypes
{
    /// <summary>The kind behind an SQL type name, or null.</summary>
    public static ColumnKind? KindOf(string name) => name.ToLowerInvariant() switch
    {
        "bool" or "boolean" => ColumnKind.Boolean,
        "tinyint" => ColumnKind.TinyInt,
        "smallint" => ColumnKind.SmallInt,
        "int" or "integer" or "mediumint" => ColumnKind.Int,
        "bigint" => ColumnKind.BigInt,
        "float" => ColumnKind.Float,
        "double" or "real" => ColumnKind.Double,
        "decimal" or "numeric" or "dec" => ColumnKind.Decimal,
        "char" => ColumnKind.Char,
        "varchar" => ColumnKind.VarChar,
        "text" or "tinytext" or "mediumtext" or "longtext" => ColumnKind.Text,
        "blob" or "tinyblob" or "mediumblob" or "longblob" or "varbinary" or "binary" => ColumnKind.Blob,
        "json" => ColumnKind.Json,
        "date" => ColumnKind.Date,
        "datetime" => ColumnKind.DateTime,
        "timestamp" => ColumnKind.Timestamp,
        _ => null,
    };
}

internal sealed record Column
{
    public required string Name { get; init; }

    public required ColumnType Type { get; init; }

    public bool Nullable { get; init; } = true;

    public bool AutoIncrement { get; init; }

    /// <summary>The default as an SQL expression, or null for none.</summary>
    public string? Default { get; init; }

    /// <summary>ON UPDATE CURRENT_TIMESTAMP.</summary>
    public bool TouchedOnUpdate { get; init; }

    public string Comment { get; init; } = "";
}

/// <summary>Columns and keys of one table. Key members are indexes into <see cref="Columns"/>.</summary>
internal sealed record TableSchema(
    string Name, ImmutableArray<Column> Columns, ImmutableArray<int> PrimaryKey, ImmutableArray<ImmutableArray<int>> UniqueKeys)
{
    public int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Length; i++)
            if (Columns[i].Name.Equals(column, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    /// <summary>The CREATE TABLE statement; two tables with the same text have the same schema.</summary>
    public string ToSql()
    {
        var sql = new StringBuilder("CREATE TABLE ").Append(Quote(Name)).Append(" (\n");
        var lines = Columns.Select(ColumnSql).ToList();
        if (PrimaryKey.Length > 0) lines.Add($"  PRIMARY KEY ({KeySql(PrimaryKey)})");
        lines.AddRange(UniqueKeys.Select(key => $"  UNIQUE KEY {Quote(Columns[key[0]].Name)} ({KeySql(key)})"));
        return sql.AppendJoin(",\n", lines).Append("\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin").ToString();
    }

    public static string Quote(string name) => "`" + name.Replace("`", "``") + "`";

    private string KeySql(ImmutableArray<int> key) => string.Join(",", key.Select(i => Quote(Columns[i].Name)));

    private static string ColumnSql(Column column)
    {
        var sql = new StringBuilder("  ").Append(Quote(column.Name)).Append(' ').Append(column.Type);
        if (!column.Nullable) sql.Append(" NOT NULL");
        if (column.AutoIncrement) sql.Append(" AUTO_INCREMENT");
        if (column.Default is not null) sql.Append(" DEFAULT ").Append(column.Default);
        if (column.TouchedOnUpdate) sql.Append(" ON UPDATE CURRENT_TIMESTAMP");
        if (column.Comment.Length > 0) sql.Append(" COMMENT '").Append(column.Comment.Replace("'", "''")).Append('\'');
        return sql.ToString();
    }
}

/// <summary>Collects the elements of a CREATE TABLE.</summary>
internal sealed class SchemaBuilder(string name)
{
    private readonly List<Column> _columns = [];
    private readonly List<ImmutableArray<string>> _unique = [];
    private ImmutableArray<string> _primaryKey = [];

    public void Add(Column column) => _columns.Add(column);

    public void PrimaryKey(ImmutableArray<string> columns) => _primaryKey = columns;

    public void Unique(ImmutableArray<string> columns) => _unique.Add(columns);

    public TableSchema Build()
    {
        var key = Resolve(_primaryKey);
        foreach (var i in key) _columns[i] = _columns[i] with { Nullable = false };
        return new TableSchema(name, [.. _columns], key, [.. _unique.Select(Resolve)]);
    }

    private ImmutableArray<int> Resolve(ImmutableArray<string> names) => [.. names.Select(Resolve)];

    private int Resolve(string column)
    {
        var index = _columns.FindIndex(c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new SqlError(1072, $"key column '{column}' doesn't exist in table");
    }
}
