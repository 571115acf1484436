using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

/// <summary>Writes the answers to commands.</summary>
internal sealed class Responses(PacketStream packets, Session session)
{
    private const int InTransaction = 0x0001;
    private const int Autocommit = 0x0002;
    private const int MoreResults = 0x0008;
    private const int Utf8 = 45;
    private const int Binary = 63;

    /// <summary>What the client can do; set after the handshake.</summary>
    public Capabilities Client { get; set; }

    public void Ok(StatementResult result, bool more = false) => packets.Write(
        OkBody(new PayloadWriter().Byte(0), result, more).Text(result.Info).Written);

    public void Error(SqlError error)
    {
        packets.Write(new PayloadWriter().Byte(0xff).UInt16(error.Code).Text("#").Text(error.State).Text(error.Message).Written);
    }

    public void Result(StatementResult result, bool more)
    {
        if (result.Rows is not { } rows)
        {
            Ok(result, more);
            return;
        }

        packets.Write(new PayloadWriter().LengthEncoded(rows.Columns.Length).Written);
        foreach (var column in rows.Columns) packets.Write(Describe(column));
        if (!Client.HasFlag(Capabilities.DeprecateEof)) Eof(more: false);
        foreach (var row in rows.Rows) WriteRow(row);
        if (Client.HasFlag(Capabilities.DeprecateEof)) packets.Write(OkBody(new PayloadWriter().Byte(0xfe), result, more).Written);
        else Eof(more);
    }

    private PayloadWriter OkBody(PayloadWriter packet, StatementResult result, bool more) =>
        packet.LengthEncoded(result.Affected).LengthEncoded(result.LastInsertId).UInt16(Status(more)).UInt16(session.Warnings.Count);

    private void Eof(bool more) => packets.Write(new PayloadWriter().Byte(0xfe).UInt16(session.Warnings.Count).UInt16(Status(more)).Written);

    private int Status(bool more) =>
        (session.Autocommit ? Autocommit : 0) | (session.InExplicitTransaction ? InTransaction : 0) | (more ? MoreResults : 0);

    private static ReadOnlySpan<byte> Describe(ResultColumn column)
    {
        var isText = column.Type is WireType.VarString or WireType.String or WireType.Blob or WireType.Json;
        return new PayloadWriter()
            .LengthEncoded("def").LengthEncoded(column.Database).LengthEncoded(column.Table).LengthEncoded(column.Table)
            .LengthEncoded(column.Name).LengthEncoded(column.Name)
            .Byte(0x0c).UInt16(isText ? Utf8 : Binary).UInt32(isText ? 65535u : 22u).Byte((byte)column.Type).UInt16(isText ? 0 : 128).Byte(0).UInt16(0)
            .Written;
    }

    private void WriteRow(object?[] row)
    {
        var packet = new PayloadWriter();
        foreach (var cell in row)
        {
            if (SqlValue.Format(cell) is { } text) packet.LengthEncoded(text);
            else packet.Byte(0xfb);
        }

        packets.Write(packet.Written);
    }
}
