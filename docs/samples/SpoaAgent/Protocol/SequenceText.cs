using System.Buffers;

namespace SpoaAgent;

/// <summary>Comparison of received bytes, in however many pieces, with a known text.</summary>
internal static class SequenceText
{
    public static bool Is(this in ReadOnlySequence<byte> sequence, ReadOnlySpan<byte> text)
    {
        if (sequence.Length != text.Length) return false;
        foreach (ReadOnlyMemory<byte> piece in sequence)
        {
            if (!piece.Span.SequenceEqual(text[..piece.Length])) return false;
            text = text[piece.Length..];
        }

        return true;
    }
}
