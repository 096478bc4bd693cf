using System.Buffers;

namespace StreamPipes.Samples.Tests;

/// <summary>Bytes cut into segments of a given size, the way a pipe may hand them out.</summary>
internal static class SegmentedBytes
{
    public static ReadOnlySequence<byte> Of(byte[] bytes, int segmentSize)
    {
        // An empty segment in front: it is legal, and a parser that looks at the first span only falls over it.
        Segment first = new(default, 0);
        Segment last = first;
        for (int start = 0; start < bytes.Length; start += segmentSize)
            last = last.Append(bytes.AsMemory(start, Math.Min(segmentSize, bytes.Length - start)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
