using System.Buffers;
using System.Text;

namespace RedisTls;

/// <summary>The beginning of some bytes, fit to be printed in an error message.</summary>
internal static class Excerpt
{
    private const int MaxLength = 40;

    public static string Of(in ReadOnlySequence<byte> bytes)
    {
        StringBuilder text = new();
        foreach (ReadOnlyMemory<byte> segment in bytes.Slice(0, Math.Min(bytes.Length, MaxLength)))
        {
            foreach (byte value in segment.Span) text.Append(Of(value));
        }

        return bytes.Length > MaxLength ? text.Append("...").ToString() : text.ToString();
    }

    public static string Of(byte[] bytes) => Of(new ReadOnlySequence<byte>(bytes));

    public static string Of(byte value) => value is >= 0x20 and < 0x7f
        ? ((char)value).ToString()
        : FormattableString.Invariant($"\\x{value:x2}");
}
