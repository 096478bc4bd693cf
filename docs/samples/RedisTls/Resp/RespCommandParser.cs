using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace RedisTls;

/// <summary>
/// Reads commands the way a server gets them: arrays of bulk strings, or a line of words as typed into a terminal. Like
/// <see cref="RespParser"/> it keeps its place between calls and consumes what it has understood.
/// </summary>
internal sealed class RespCommandParser(RespLimits limits)
{
    private readonly LineScanner _lines = new(limits.MaxLineLength);
    private readonly BulkAssembler _bulk = new();
    private readonly List<byte[]> _words = [];
    private long _missing;
    private long _bytes;

    /// <summary>Takes the next whole command off the front of <paramref name="buffer"/>; it has at least one word.</summary>
    /// <exception cref="ProtocolException">The bytes are no command, or beyond the limits.</exception>
    public bool TryParse(ref ReadOnlySequence<byte> buffer, [NotNullWhen(true)] out byte[][]? command)
    {
        command = null;
        while (_missing == 0)
        {
            if (buffer.IsEmpty) return false;
            bool isArray = buffer.Peek() == (byte)'*';
            if (!(isArray ? _lines.TryRead(ref buffer, out ReadOnlySequence<byte> line) : _lines.TryReadLenient(ref buffer, out line))) return false;
            if (isArray) Begin(line.Slice(1));
            else if (InlineCommand.Parse(line) is { Length: > 0 } words) return Complete(words, out command);
        }

        while (_missing > 0)
        {
            if (!TryReadWord(ref buffer)) return false;
        }

        return Complete([.. _words], out command);
    }

    private void Begin(in ReadOnlySequence<byte> line)
    {
        if (!RespNumber.TryParse(line, out long count) || count > limits.MaxElements) throw new ProtocolException("invalid multibulk length");

        // An empty array is no command; the servers in use pass over it, and over a negative length as well.
        _missing = Math.Max(0, count);
    }

    private bool TryReadWord(ref ReadOnlySequence<byte> buffer)
    {
        if (!_bulk.IsOpen)
        {
            if (buffer.IsEmpty) return false;
            byte type = buffer.Peek();
            if (type != (byte)'$') throw new ProtocolException($"expected '$', got '{Excerpt.Of(type)}'");
            if (!_lines.TryRead(ref buffer, out ReadOnlySequence<byte> line)) return false;
            if (!RespNumber.TryParse(line.Slice(1), out long length) || length < 0 || length > limits.MaxBytes - _bytes)
                throw new ProtocolException("invalid bulk length");

            _bytes += length;
            _bulk.Open((int)length);
        }

        if (!_bulk.TryComplete(ref buffer, out byte[] word)) return false;
        _words.Add(word);
        _missing--;
        return true;
    }

    private bool Complete(byte[][] words, out byte[][] command)
    {
        command = words;
        _words.Clear();
        _bytes = 0;
        return true;
    }
}
