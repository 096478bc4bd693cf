using System.Buffers;

namespace SpoaAgent;

/// <summary>A piece of a payload that came in fragments. It points at what was received and skips the headers in between.</summary>
internal sealed class PayloadSegment : ReadOnlySequenceSegment<byte>
{
    private PayloadSegment(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    /// <summary>Makes one payload of parts of a buffer.</summary>
    public static ReadOnlySequence<byte> Join(in ReadOnlySequence<byte> buffer, IEnumerable<(long Start, long Length)> parts)
    {
        PayloadSegment first = new(default, 0);
        PayloadSegment last = first;
        foreach ((long start, long length) in parts)
        {
            foreach (ReadOnlyMemory<byte> memory in buffer.Slice(start, length)) last = last.Append(memory);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private PayloadSegment Append(ReadOnlyMemory<byte> memory)
    {
        PayloadSegment next = new(memory, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
