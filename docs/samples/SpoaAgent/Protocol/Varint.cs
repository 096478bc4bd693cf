using System.Buffers;

namespace SpoaAgent;

/// <summary>Integers of variable length: up to 239 in one byte, then four bits in the first byte and seven in each that follows.</summary>
internal static class Varint
{
    /// <summary>How many bytes the largest number takes.</summary>
    public const int MaxLength = 10;

    private const int LastShift = 60;

    /// <summary>False if the bytes end before the number does.</summary>
    /// <exception cref="SpopException">The number has more than 64 bits.</exception>
    public static bool TryRead(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        if (!reader.TryRead(out byte next)) return false;
        value = next;
        if (next < 240) return true;
        for (int shift = 4; reader.TryRead(out next); shift += 7)
        {
            ulong part = (ulong)next << shift;
            if (shift > LastShift || part >> shift != next || ulong.MaxValue - value < part)
                throw new SpopException(SpopStatus.InvalidFrame, "an integer has more than 64 bits");
            value += part;
            if (next < 128) return true;
        }

        return false;
    }

    public static int LengthOf(ulong value)
    {
        int length = 1;
        if (value < 240) return length;
        for (value = (value - 240) >> 4; value >= 128; value = (value - 128) >> 7) length++;
        return length + 1;
    }

    public static void WriteVarint(this IBufferWriter<byte> writer, ulong value)
    {
        Span<byte> span = writer.GetSpan(MaxLength);
        int length = 0;
        if (value < 240)
        {
            span[length++] = (byte)value;
        }
        else
        {
            span[length++] = (byte)(value | 240);
            for (value = (value - 240) >> 4; value >= 128; value = (value - 128) >> 7) span[length++] = (byte)(value | 128);
            span[length++] = (byte)value;
        }

        writer.Advance(length);
    }
}
