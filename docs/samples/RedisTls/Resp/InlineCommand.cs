using System.Buffers;

namespace RedisTls;

/// <summary>A command typed as one line: words with spaces between them. Quotes have no meaning here.</summary>
internal static class InlineCommand
{
    public static byte[][] Parse(in ReadOnlySequence<byte> line)
    {
        List<byte[]> words = [];
        SequenceReader<byte> reader = new(line);
        while (true)
        {
            reader.AdvancePastAny((byte)' ', (byte)'\t');
            if (reader.End) return [.. words];
            if (!reader.TryReadToAny(out ReadOnlySequence<byte> word, " \t"u8, advancePastDelimiter: false))
            {
                word = reader.UnreadSequence;
                reader.AdvanceToEnd();
            }

            words.Add(Own(word));
        }
    }

    private static byte[] Own(in ReadOnlySequence<byte> word)
    {
        byte[] bytes = new byte[word.Length];
        word.CopyTo(bytes);

        // A client of another protocol (or none) is told so at its first line, instead of being asked which command it meant.
        foreach (byte value in bytes)
        {
            if (value is < 0x20 or >= 0x7f) throw new ProtocolException($"unprintable byte '{Excerpt.Of(value)}' in an inline command");
        }

        return bytes;
    }
}
