using System.Buffers;

namespace StreamPipes.Benchmarks.Clients;

/// <summary>Finds the ends of lines.</summary>
internal static class Lines
{
    /// <summary>The length of the first line with its end; 0 if it has not arrived whole.</summary>
    public static int Next(ReadOnlySpan<byte> bytes) => bytes.IndexOf((byte)'\n') + 1;

    /// <summary>Takes the first line off the front of a buffer.</summary>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer)
    {
        int length = Next(buffer.FirstSpan);
        if (length > 0)
        {
            buffer = buffer.Slice(length);
            return true;
        }

        if (buffer.IsSingleSegment || buffer.PositionOf((byte)'\n') is not SequencePosition end) return false;
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }
}
