using System.Buffers;

namespace StreamPipes.Framing.Formats;

/// <summary>Finds a delimiter in bytes that come in pieces, also where it lies across them.</summary>
internal static class DelimiterSearch
{
    /// <param name="bytes">Where to look.</param>
    /// <param name="delimiter">What to look for.</param>
    /// <param name="from">From which offset on.</param>
    /// <returns>The offset of the first one; -1 if there is none.</returns>
    public static long IndexOf(in ReadOnlySequence<byte> bytes, ReadOnlySpan<byte> delimiter, long from)
    {
        if (bytes.Length - from < delimiter.Length) return -1;
        ReadOnlySequence<byte> searched = bytes.Slice(from);
        long before = 0;
        foreach (ReadOnlyMemory<byte> memory in searched)
        {
            ReadOnlySpan<byte> span = memory.Span;
            int inside = delimiter.Length == 1 ? span.IndexOf(delimiter[0]) : span.IndexOf(delimiter);
            if (inside >= 0) return from + before + inside;

            // After those inside come those that begin here and end in a later piece.
            for (int i = Math.Max(0, span.Length - delimiter.Length + 1); i < span.Length; i++)
            {
                if (span[i] == delimiter[0] && StartsWith(searched.Slice(before + i), delimiter)) return from + before + i;
            }

            before += span.Length;
        }

        return -1;
    }

    private static bool StartsWith(in ReadOnlySequence<byte> bytes, ReadOnlySpan<byte> delimiter)
    {
        if (bytes.Length < delimiter.Length) return false;
        foreach (ReadOnlyMemory<byte> memory in bytes.Slice(0, delimiter.Length))
        {
            if (!delimiter.StartsWith(memory.Span)) return false;
            delimiter = delimiter.Slice(memory.Length);
        }

        return true;
    }
}
