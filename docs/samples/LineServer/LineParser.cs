using System.Buffers;

namespace LineServer;

/// <summary>Takes lines off the front of a buffer, in whatever pieces they come, and looks at each byte once.</summary>
internal sealed class LineParser(int maxLength)
{
    private long _scanned;

    /// <summary>
    /// Takes a line that ends with LF, or CR LF, and gives it without. When it returns false, the rest of the buffer has been examined and more is
    /// needed.
    /// </summary>
    /// <exception cref="LineTooLongException">The line is too long, whether or not its end is there.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        SequencePosition? end = buffer.Slice(_scanned).PositionOf((byte)'\n');
        line = WithoutCarriageReturn(end is null ? buffer : buffer.Slice(0, end.Value));
        if (line.Length > maxLength) throw new LineTooLongException(maxLength);
        _scanned = end is null ? buffer.Length : 0;
        if (end is null) return false;
        buffer = buffer.Slice(buffer.GetPosition(1, end.Value));
        return true;
    }

    private static ReadOnlySequence<byte> WithoutCarriageReturn(in ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty) return line;
        ReadOnlySequence<byte> end = line.Slice(line.Length - 1);
        Span<byte> last = stackalloc byte[1];
        end.CopyTo(last);
        return last[0] == (byte)'\r' ? line.Slice(0, end.Start) : line;
    }
}
