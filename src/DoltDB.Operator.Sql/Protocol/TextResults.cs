namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Reads the answer to a query: an OK, an error, or columns and rows; possibly several of them, of which all are read.</summary>
internal static class TextResults
{
    private const int MaximumColumns = 4096;

    /// <summary>The first result that has rows, else the first one.</summary>
    /// <exception cref="DoltException">The server answered with an error; the connection stays usable.</exception>
    public static async ValueTask<SqlResult> ReadAsync(PacketStream packets, string statement, CancellationToken cancellationToken)
    {
        SqlResult? chosen = null;
        while (true)
        {
            var payload = await ReadPacketAsync(packets, statement, cancellationToken);
            var (result, status) = Marker.Of(payload) switch
            {
                Marker.Ok => FromOk(OkPayload.Parse(payload.Span)),
                Marker.LocalFile => throw ProtocolError.Create("a request for a local file"),
                _ => await ReadRowsAsync(packets, ReadColumnCount(payload), statement, cancellationToken),
            };
            if (chosen is null || (chosen.Columns.Count == 0 && result.Columns.Count > 0))
                chosen = result;
            if (!status.HasFlag(ServerStatus.MoreResults))
                return chosen;
        }
    }

    private static (SqlResult Result, ServerStatus Status) FromOk(OkPayload ok) =>
        (new() { Columns = [], Rows = [], AffectedRows = ok.AffectedRows, Warnings = ok.Warnings }, ok.Status);

    private static int ReadColumnCount(ReadOnlyMemory<byte> payload)
    {
        var count = new PayloadReader(payload.Span).ReadLengthEncodedInteger();
        return count is > 0 and <= MaximumColumns ? (int)count : throw ProtocolError.Create($"a result of {count} columns");
    }

    private static async ValueTask<(SqlResult Result, ServerStatus Status)> ReadRowsAsync(
        PacketStream packets, int columnCount, string statement, CancellationToken cancellationToken)
    {
        var columns = new string[columnCount];
        for (var index = 0; index < columns.Length; index++)
            columns[index] = ReadColumnName(await ReadPacketAsync(packets, statement, cancellationToken));
        if (!EndPayload.Is((await ReadPacketAsync(packets, statement, cancellationToken)).Span))
            throw ProtocolError.Create("no end of the columns");

        var rows = new List<string?[]>();
        while (true)
        {
            var payload = await ReadPacketAsync(packets, statement, cancellationToken);
            if (EndPayload.Is(payload.Span))
            {
                var end = EndPayload.Parse(payload.Span);
                return (new() { Columns = columns, Rows = rows, AffectedRows = 0, Warnings = end.Warnings }, end.Status);
            }

            rows.Add(ReadRow(payload.Span, columnCount));
        }
    }

    private static string ReadColumnName(ReadOnlyMemory<byte> payload)
    {
        var reader = new PayloadReader(payload.Span);
        for (var skipped = 0; skipped < 4; skipped++)
            reader.ReadLengthEncodedBytes(); // catalog, schema, table, original table
        return reader.ReadText() ?? "";
    }

    private static string?[] ReadRow(ReadOnlySpan<byte> payload, int columnCount)
    {
        var reader = new PayloadReader(payload);
        var row = new string?[columnCount];
        for (var index = 0; index < row.Length; index++)
            row[index] = reader.ReadText();
        return row;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadPacketAsync(
        PacketStream packets, string statement, CancellationToken cancellationToken)
    {
        var payload = await packets.ReadAsync(cancellationToken);
        return Marker.Of(payload) == Marker.Error ? throw ErrorPayload.Parse(payload.Span).ToException(statement) : payload;
    }
}
