using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DoltDB.Operator.Api.Meta;

/// <summary>Numbers as they are written.</summary>
internal static class NumberTexts
{
    /// <summary>The digits of the number that the reader is at, of any size.</summary>
    public static string NumberText(this ref readonly Utf8JsonReader reader) =>
        Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
}
