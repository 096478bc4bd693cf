using System.Buffers;

namespace RedisTls;

/// <summary>Takes lines off the front of a buffer, and looks at each byte only once however small the pieces are that it comes in.</summary>
internal sealed class LineScanner(int maxLength)
{
    private long _scanned;

    /// <summary>Takes a line that ends with CR LF off <paramref name="buffer"/>; the line comes without them.</summary>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (!TryReadToLineFeed(ref buffer, out line)) return false;
        return EndsWithCarriageReturn(line)
            ? TrimLast(ref line)
            : throw new ProtocolException("A line ends with LF instead of CR LF.");
    }

    /// <summary>As <see cref="TryRead"/>, for lines typed by people: LF alone ends them too.</summary>
    public bool TryReadLenient(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (!TryReadToLineFeed(ref buffer, out line)) return false;
        return !EndsWithCarriageReturn(line) || TrimLast(ref line);
    }

    private bool TryReadToLineFeed(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        SequencePosition? lineFeed = buffer.Slice(_scanned).PositionOf((byte)'\n');
        line = lineFeed is null ? buffer : buffer.Slice(0, lineFeed.Value);

        // The CR belongs to the end of the line, not to its length.
        if (line.Length > maxLength + 1L)
            throw new ProtocolException(FormattableString.Invariant($"A line is longer than {maxLength} bytes."));

        if (lineFeed is null)
        {
            _scanned = buffer.Length;
            return false;
        }

        _scanned = 0;
        buffer = buffer.Slice(buffer.GetPosition(1, lineFeed.Value));
        return true;
    }

    private static bool EndsWithCarriageReturn(in ReadOnlySequence<byte> line) =>
        !line.IsEmpty && line.Slice(line.Length - 1).Peek() == (byte)'\r';

    private static bool TrimLast(ref ReadOnlySequence<byte> line)
    {
        line = line.Slice(0, line.Length - 1);
        return true;
    }
}
