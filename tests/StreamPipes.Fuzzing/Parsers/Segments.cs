using System.Buffers;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>Bytes in segments, some of them empty: a pipe may hand them out so.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private const int Longest = 12;

    private Segments(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, Random random)
    {
        Segments first = new(default, 0);
        Segments last = first;
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, random.Next(Longest));
            last = last.Append(bytes[..count]);
            bytes = bytes[count..];
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private Segments Append(ReadOnlyMemory<byte> memory)
    {
        Segments next = new(memory, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
