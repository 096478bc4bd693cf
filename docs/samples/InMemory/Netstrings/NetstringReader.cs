using System.Buffers;
using System.IO.Pipelines;

namespace InMemory;

/// <summary>The protocol under test: texts as <c>5:hello,</c>, a length, a colon, the bytes, a comma.</summary>
internal static class NetstringReader
{
    private const int MaxLength = 1_000_000;
    private const int MaxDigits = 7;

    /// <returns>The next message; <see langword="null"/> at the end, which is only between messages.</returns>
    /// <exception cref="NetstringException">The bytes are no netstring, or end in the middle of one.</exception>
    public static async ValueTask<byte[]?> ReadAsync(PipeReader reader, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            byte[]? message = TryParse(ref buffer);
            if (message is not null)
            {
                reader.AdvanceTo(buffer.Start);
                return message;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (!result.IsCompleted) continue;
            return buffer.IsEmpty ? null : throw new NetstringException("the end came in the middle of a message");
        }
    }

    private static byte[]? TryParse(ref ReadOnlySequence<byte> buffer)
    {
        SequenceReader<byte> reader = new(buffer);
        int length = 0;
        byte next;
        for (int digits = 0; ; digits++)
        {
            if (!reader.TryRead(out next)) return null;
            if (next == (byte)':' && digits > 0) break;
            if (next is < (byte)'0' or > (byte)'9' || digits == MaxDigits) throw new NetstringException("a message begins with its length");
            length = (10 * length) + (next - '0');
        }

        if (length > MaxLength) throw new NetstringException(FormattableString.Invariant($"a message has {length} bytes, and at most {MaxLength} are allowed"));
        if (!reader.TryReadExact(length, out ReadOnlySequence<byte> message) || !reader.TryRead(out next)) return null;
        if (next != (byte)',') throw new NetstringException("a message ends with a comma");
        buffer = buffer.Slice(reader.Position);
        return message.ToArray();
    }
}
