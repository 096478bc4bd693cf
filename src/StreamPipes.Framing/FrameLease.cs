using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Framing;

/// <summary>One frame that is being written in place: lease it, fill it, commit it.</summary>
/// <remarks>
/// <code>
/// using FrameLease frame = frames.Lease();
/// JsonSerializer.Serialize(new Utf8JsonWriter(frame), quote);
/// frame.Commit();
/// await frames.FlushAsync();
/// </code>
/// <para><b>What it does.</b> The bytes go into the memory of the pipe writer, behind room for the prefix, which <see cref="Commit"/> fills in. Nothing of the
/// frame is in the pipe before that: disposing the lease without a commit drops the frame and leaves the stream whole. What the current block of the pipe
/// cannot hold is kept in an array of the pool until the commit, which copies it; the writer then asks for larger blocks, so that frames of a usual size
/// are written once.</para>
/// <para><b>Ownership.</b> The lease belongs to its <see cref="FrameWriter"/>, which has one at a time and uses the same object again. Use it no more after
/// <see cref="Commit"/> or <see cref="Dispose"/>.</para>
/// <para><b>Concurrency.</b> One thread at a time. While a lease is open nothing else may use the frame writer or its pipe writer.</para>
/// </remarks>
public sealed class FrameLease : IBufferWriter<byte>, IDisposable
{
    /// <summary>What is moved instead of put into an array, when the block of the pipe is full.</summary>
    private const int MostMoved = 256;

    private readonly FrameWriter _owner;
    private readonly PipeWriter _writer;
    private readonly FrameFormat _format;

    /// <summary>Of the pipe writer, not advanced: room for the prefix, then the first bytes of the frame.</summary>
    private Memory<byte> _first;
    private int _reserved;
    private int _inFirst;

    /// <summary>What has no room there.</summary>
    private byte[]? _overflow;
    private int _inOverflow;

    /// <summary>How long the frame would have become, if that is longer than allowed.</summary>
    private long _tooLong;

    internal FrameLease(FrameWriter owner, PipeWriter writer, FrameFormat format)
    {
        _owner = owner;
        _writer = writer;
        _format = format;
    }

    /// <summary>How many bytes the frame has so far.</summary>
    public long Length => (long)_inFirst + _inOverflow;

    internal bool IsOpen { get; private set; }

    /// <summary>Says that so many bytes of the memory that was got last are filled.</summary>
    /// <param name="count">The number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or more than there is memory for.</exception>
    /// <exception cref="FrameException">
    /// The frame would be longer than <see cref="FrameFormat.MaximumLength"/>, now or at an earlier call: from then on it can only be disposed.
    /// </exception>
    /// <exception cref="InvalidOperationException">The lease has been committed or disposed.</exception>
    public void Advance(int count)
    {
        ThrowIfClosed();
        int room = _overflow is null ? _first.Length - _reserved - _inFirst : _overflow.Length - _inOverflow;
        if (count < 0 || count > room) throw new ArgumentOutOfRangeException(nameof(count), count, $"There is memory for {room} bytes.");

        // Thrown again and not answered by a closed lease: encoders flush in their dispose, and would hide the first exception.
        if (_tooLong == 0 && Length + count > _format.MaximumLength) _tooLong = Length + count;
        if (_tooLong > 0) throw _owner.TooLong(_tooLong);
        if (_overflow is null) _inFirst += count;
        else _inOverflow += count;
    }

    /// <summary>Memory to be filled, at least one byte.</summary>
    /// <param name="sizeHint">The least number of bytes wanted; 0 for any number.</param>
    /// <returns>Memory that is valid until the next call.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sizeHint"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The lease has been committed or disposed.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfClosed();
        if (sizeHint < 0) throw new ArgumentOutOfRangeException(nameof(sizeHint), sizeHint, "A size is not negative.");
        int least = Math.Max(1, sizeHint);
        if (_overflow is null && _first.Length - _reserved - _inFirst < least)
        {
            if (_inFirst <= MostMoved) MoveToLargerBlock(least);
            else _overflow = ArrayPool<byte>.Shared.Rent(Math.Max(least, _first.Length));
        }

        if (_overflow is null) return _first.Slice(_reserved + _inFirst);
        if (_overflow.Length - _inOverflow < least) GrowOverflow(least);
        return _overflow.AsMemory(_inOverflow);
    }

    /// <summary>Memory to be filled, at least one byte.</summary>
    /// <param name="sizeHint">The least number of bytes wanted; 0 for any number.</param>
    /// <returns>Memory that is valid until the next call.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sizeHint"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The lease has been committed or disposed.</exception>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Puts the frame into the pipe, whole. It is sent with the next flush.</summary>
    /// <exception cref="FrameException">
    /// The frame has become too long, or the format cannot express it: it contains its delimiter, has another size than the format, or is shorter than its
    /// header. The lease is closed; nothing was written.
    /// </exception>
    /// <exception cref="InvalidOperationException">The lease has been committed or disposed.</exception>
    public void Commit()
    {
        ThrowIfClosed();
        long length = Length;
        try
        {
            if (_tooLong > 0) throw _owner.TooLong(_tooLong);
            string? refusal = _format.Refuses(length) ?? RefusalOfContent();
            if (refusal is not null) throw _owner.Malformed(length, refusal);
            _owner.BeginWrite();
            Write(length);
            _owner.EndWrite(length);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Drops the frame, if it has not been committed.</summary>
    public void Dispose()
    {
        if (!IsOpen) return;
        IsOpen = false;
        _first = default;
        _inFirst = 0;
        _inOverflow = 0;
        _tooLong = 0;
        if (_overflow is not { } overflow) return;
        _overflow = null;
        ArrayPool<byte>.Shared.Return(overflow);
    }

    /// <param name="expected">How long the frame will probably be: for the size of its prefix.</param>
    /// <param name="sizeHint">How much memory to ask for.</param>
    internal void Open(long expected, int sizeHint)
    {
        _reserved = _format.OuterHeader(expected);
        _first = _writer.GetMemory(_reserved + Math.Max(sizeHint, _format.InnerHeader) + _format.Trailer.Length);
        IsOpen = true;
    }

    private void MoveToLargerBlock(int least)
    {
        Span<byte> moved = stackalloc byte[MostMoved];
        moved = moved.Slice(0, _inFirst);
        _first.Span.Slice(_reserved, _inFirst).CopyTo(moved);
        _first = _writer.GetMemory(_reserved + _inFirst + least + _format.Trailer.Length);
        moved.CopyTo(_first.Span.Slice(_reserved));
    }

    private void GrowOverflow(int least)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_overflow!.Length * 2, _inOverflow + least));
        _overflow.AsSpan(0, _inOverflow).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_overflow);
        _overflow = larger;
    }

    private string? RefusalOfContent()
    {
        if (_overflow is null) return _format.Refuses(_first.Span.Slice(_reserved, _inFirst));
        Reading.LoneSegment first = new(_first.Slice(_reserved, _inFirst));
        return _format.Refuses(new ReadOnlySequence<byte>(first, 0, first.Append(_overflow.AsMemory(0, _inOverflow)), _inOverflow));
    }

    private void Write(long length)
    {
        int header = _format.OuterHeader(length);
        int inFirst = _inFirst;
        Span<byte> first = _first.Span;

        // The prefix has come out longer or shorter than expected: the frame moves, and what has no room behind a longer one is written after the block.
        Span<byte> displaced = stackalloc byte[16];
        displaced = displaced.Slice(0, Math.Max(0, header + inFirst - first.Length));
        if (header != _reserved)
        {
            first.Slice(_reserved + inFirst - displaced.Length, displaced.Length).CopyTo(displaced);
            inFirst -= displaced.Length;
            first.Slice(_reserved, inFirst).CopyTo(first.Slice(header));
        }

        if (header + _format.InnerHeader > 0) _format.SetLength(first.Slice(0, header + _format.InnerHeader), length);
        int filled = header + inFirst;
        ReadOnlySpan<byte> trailer = _format.Trailer;
        if (_overflow is null && displaced.IsEmpty && first.Length - filled >= trailer.Length)
        {
            trailer.CopyTo(first.Slice(filled));
            _writer.Advance(filled + trailer.Length);
            return;
        }

        _writer.Advance(filled);
        _writer.Write(displaced);
        _writer.Write(_overflow.AsSpan(0, _inOverflow));
        _writer.Write(trailer);
    }

    private void ThrowIfClosed()
    {
        if (!IsOpen) throw new InvalidOperationException("This lease has been committed or disposed. Lease another frame: FrameWriter.Lease().");
    }
}
