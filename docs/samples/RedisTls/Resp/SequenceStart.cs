using System.Buffers;

namespace RedisTls;

/// <summary>The first byte of a sequence.</summary>
internal static class SequenceStart
{
    public static byte Peek(this in ReadOnlySequence<byte> sequence)
    {
        // The first segment may be empty although the sequence is not.
        if (!sequence.FirstSpan.IsEmpty) return sequence.FirstSpan[0];
        SequenceReader<byte> reader = new(sequence);
        return reader.TryPeek(out byte value) ? value : throw new InvalidOperationException("The sequence is empty.");
    }
}
