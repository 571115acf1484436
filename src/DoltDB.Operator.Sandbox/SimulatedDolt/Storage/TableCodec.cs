using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>Values, rows, schemas and tables in binary form.</summary>
internal static class TableCodec
{
    public static void WriteValue(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.Write((byte)0); break;
            case long number: writer.Write((byte)1); writer.Write(number); break;
            case double number: writer.Write((byte)2); writer.Write(number); break;
            case decimal number: writer.Write((byte)3); writer.Write(number); break;
            case string text: writer.Write((byte)4); writer.Write(text); break;
            case DateTime time: writer.Write((byte)5); writer.Write(time.Ticks); break;
            default: throw new InvalidOperationException($"{value.GetType()} is no SQL value");
        }
    }

    public static object? ReadValue(BinaryReader reader) => reader.ReadByte() switch
    {
        0 => null,
        1 => reader.ReadInt64(),
        2 => reader.ReadDouble(),
        3 => reader.ReadDecimal(),
        4 => reader.ReadString(),
        5 => new DateTime(reader.ReadInt64(), DateTimeKind.Utc),
        var kind => throw new InvalidDataException($"unknown value kind {kind} in the journal"),
    };

    public static void WriteRow(BinaryWriter writer, StoredRow row)
    {
        ChangeCodec.WriteArray(writer, row.Key.Parts, WriteValue);
        ChangeCodec.WriteArray(writer, row.Cells, WriteValue);
    }

    public static StoredRow ReadRow(BinaryReader reader)
    {
        var key = new RowKey(ChangeCodec.ReadArray(reader, ReadValue));
        return new StoredRow(key, [.. ChangeCodec.ReadArray(reader, ReadValue)]);
    }

    public static void WriteTable(BinaryWriter writer, Table table)
    {
        WriteSchema(writer, table.Schema);
        writer.Write(table.NextAutoIncrement);
        writer.Write(table.NextRowNumber);
        writer.Write(table.Rows.Count);
        foreach (var (key, cells) in table.Rows) WriteRow(writer, new StoredRow(key, cells));
    }

    public static Table ReadTable(BinaryReader reader)
    {
        var table = new Table(ReadSchema(reader));
        var (auto, number) = (reader.ReadInt64(), reader.ReadInt64());
        return table.Put(ChangeCodec.ReadArray(reader, ReadRow)).WithCounters(auto, number);
    }

    private static void WriteSchema(BinaryWriter writer, TableSchema schema)
    {
        writer.Write(schema.Name);
        ChangeCodec.WriteArray(writer, schema.Columns, WriteColumn);
        WriteIndexes(writer, schema.PrimaryKey);
        ChangeCodec.WriteArray(writer, schema.UniqueKeys, WriteIndexes);
    }

    private static TableSchema ReadSchema(BinaryReader reader) => new(
        reader.ReadString(), ChangeCodec.ReadArray(reader, ReadColumn), ReadIndexes(reader), ChangeCodec.ReadArray(reader, ReadIndexes));

    private static void WriteIndexes(BinaryWriter writer, ImmutableArray<int> indexes) => ChangeCodec.WriteArray(writer, indexes, (w, i) => w.Write(i));

    private static ImmutableArray<int> ReadIndexes(BinaryReader reader) => ChangeCodec.ReadArray(reader, r => r.ReadInt32());

    private static void WriteColumn(BinaryWriter writer, Column column)
    {
        writer.Write(column.Name);
        writer.Write((int)column.Type.Kind);
        writer.Write(column.Type.Length);
        writer.Write(column.Type.Scale);
        writer.Write(column.Type.Unsigned);
        writer.Write(column.Nullable);
        writer.Write(column.AutoIncrement);
        writer.Write(column.TouchedOnUpdate);
        writer.Write(column.Default is not null);
        writer.Write(column.Default ?? "");
        writer.Write(column.Comment);
    }

    private static Column ReadColumn(BinaryReader reader)
    {
        var column = new Column
        {
            Name = reader.ReadString(),
            Type = new ColumnType((ColumnKind)reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean()),
            Nullable = reader.ReadBoolean(),
            AutoIncrement = reader.ReadBoolean(),
            TouchedOnUpdate = reader.ReadBoolean(),
        };
        var hasDefault = reader.ReadBoolean();
        var text = reader.ReadString();
        return column with { Default = hasDefault ? text : null, Comment = reader.ReadString() };
    }
}
