using System.Buffers.Binary;
using System.Text;

namespace DoltDB.Operator.Sql.Tests.Fakes;

/// <summary>Packets as a server writes them, built without any code of the client.</summary>
internal static class Packets
{
    public const ushort MoreResults = 0x8;

    public static byte[] Handshake(string plugin = "mysql_native_password", uint capabilities = 0x8_A20D, string version = "8.0.33")
    {
        var challenge = Challenge;
        return
        [
            10, .. Encoding.UTF8.GetBytes(version), 0,
            1, 0, 0, 0,
            .. challenge[..8], 0,
            (byte)capabilities, (byte)(capabilities >> 8),
            45, 2, 0,
            (byte)(capabilities >> 16), (byte)(capabilities >> 24),
            21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            .. challenge[8..], 0,
            .. Encoding.UTF8.GetBytes(plugin), 0,
        ];
    }

    /// <summary>Twenty bytes, 1 to 20.</summary>
    public static byte[] Challenge => [.. Enumerable.Range(1, 20).Select(value => (byte)value)];

    public static byte[] Ok(byte affectedRows = 0, ushort status = 2, byte warnings = 0) =>
        [0, affectedRows, 0, (byte)status, (byte)(status >> 8), warnings, 0];

    public static byte[] Error(int code, string message) =>
        [0xFF, (byte)code, (byte)(code >> 8), .. "#HY000"u8, .. Encoding.UTF8.GetBytes(message)];

    public static byte[] End(ushort status = 2) => [0xFE, 0, 0, (byte)status, (byte)(status >> 8)];

    public static byte[] AuthSwitch(string plugin) => [0xFE, .. Encoding.UTF8.GetBytes(plugin), 0, .. Challenge, 0];

    public static byte[] Column(string name) =>
    [
        .. Text("def"), .. Text("db1"), .. Text("t"), .. Text("t"), .. Text(name), .. Text(name),
        12, 45, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0,
    ];

    public static byte[] Row(params string?[] values) => [.. values.SelectMany(value => value is null ? [0xFB] : Text(value))];

    public static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length < 251)
            return [(byte)bytes.Length, .. bytes];
        var header = new byte[9];
        header[0] = 0xFE;
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(1), bytes.Length);
        return [.. header, .. bytes];
    }

    public static IEnumerable<byte[]> Rows(string[] columns, string?[][] rows, ushort status = 2) =>
        [[(byte)columns.Length], .. columns.Select(Column), End(), .. rows.Select(Row), End(status)];
}
