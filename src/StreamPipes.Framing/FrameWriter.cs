using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Framing;

/// <summary>Writes frames to a <see cref="PipeWriter"/>: from memory, in place, or from an asynchronous sequence.</summary>
/// <remarks>
/// <code>
/// FrameWriter frames = new(connection.Output, FrameFormat.LengthPrefix(size: 4, maximumLength: 65536));
/// await frames.WriteAsync(message, cancellationToken);
/// </code>
/// <para><b>Ownership.</b> The pipe writer stays the caller's: the frame writer never completes it. Memory that is given is copied before the call returns.</para>
/// <para><b>Concurrency.</b> One caller at a time, and nothing else may use the pipe writer meanwhile.</para>
/// <para><b>Whole frames.</b> A frame is checked before its first byte is in the pipe. One that is too long, or that its format cannot express, is a
/// <see cref="FrameException"/>, and the stream is as if it had not been tried. Should the pipe writer itself throw in mid-frame, this writer refuses everything
/// from then on: complete the pipe writer with that exception.</para>
/// <para><b>Flush.</b> The methods that end in Async flush; the others leave that to <see cref="FlushAsync"/>. A flush waits while the pipe is full. What its
/// result says is for the caller: <see cref="FlushResult.IsCompleted"/> means that the other side reads no more.</para>
/// <para><b>Cancellation.</b> A token that is cancelled already refuses the frame before its first byte. Later it ends the wait of the flush only: the
/// frame is in the pipe, whole, and is sent with the next flush. Do not write it again.</para>
/// <para><b>Errors.</b> Faults of the connection surface as the pipe writer throws them.</para>
/// <para><b>Memory.</b> Writing allocates nothing per frame.</para>
/// </remarks>
public sealed partial class FrameWriter
{
    /// <summary>Up to here a frame is written into one block; a longer one may lie across several.</summary>
    private const int MostInOneBlock = 2048;

    /// <summary>The largest block that a lease asks for on its own.</summary>
    private const int MostExpected = 32 * 1024;

    private readonly PipeWriter _writer;
    private readonly FrameFormat _format;
    private readonly FrameLease _lease;

    /// <summary>How long leased frames have been lately: the next lease asks for as much.</summary>
    private int _expected;
    private bool _isTorn;
    private int _batchSize = 16 * 1024;

    /// <summary>Makes a writer of frames. It writes nothing yet.</summary>
    /// <param name="writer">What to write to.</param>
    /// <param name="format">How frames are told apart, and how long one may be.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public FrameWriter(PipeWriter writer, FrameFormat format)
    {
        _writer = writer ?? throw new ArgumentNullException(nameof(writer));
        _format = format ?? throw new ArgumentNullException(nameof(format));
        _lease = new FrameLease(this, writer, format);
    }

    /// <summary>How many bytes of frames, with all that belongs to them, have been put into the pipe: where the next frame begins.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// After how many bytes <see cref="WriteAllAsync"/> flushes, even if the source has more ready. Default 16,384; at least 1. It is not a limit: the frame
    /// that reaches it is written whole.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int BatchSize
    {
        get => _batchSize;
        set => _batchSize = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A batch has at least one byte.");
    }

    /// <summary>Puts a frame into the pipe, without a flush.</summary>
    /// <param name="frame">The frame, without prefix and delimiter.</param>
    /// <exception cref="FrameException">The frame is too long, or the format cannot express it. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">A lease is open, or an earlier write has failed in mid-frame.</exception>
    public void Write(ReadOnlySpan<byte> frame)
    {
        Check(frame.Length);
        if (_format.Refuses(frame) is { } refusal) throw Malformed(frame.Length, refusal);
        int outer = _format.OuterHeader(frame.Length);
        int inner = _format.InnerHeader;
        ReadOnlySpan<byte> trailer = _format.Trailer;
        if (frame.Length <= MostInOneBlock)
        {
            int total = outer + frame.Length + trailer.Length;
            Span<byte> block = _writer.GetSpan(total);
            frame.CopyTo(block.Slice(outer));
            if (outer + inner > 0) _format.SetLength(block.Slice(0, outer + inner), frame.Length);
            trailer.CopyTo(block.Slice(outer + frame.Length));
            _writer.Advance(total);
        }
        else
        {
            WriteHeader(default, frame.Slice(0, inner), frame.Length);
            _writer.Write(frame.Slice(inner));
            _writer.Write(trailer);
        }

        EndWrite(frame.Length);
    }

    /// <summary>Puts a frame into the pipe, without a flush.</summary>
    /// <param name="frame">The frame, without prefix and delimiter.</param>
    /// <exception cref="FrameException">The frame is too long, or the format cannot express it. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">A lease is open, or an earlier write has failed in mid-frame.</exception>
    public void Write(in ReadOnlySequence<byte> frame)
    {
        if (frame.IsSingleSegment)
        {
            Write(frame.First.Span);
            return;
        }

        long length = frame.Length;
        Check(length);
        if (_format.Refuses(frame) is { } refusal) throw Malformed(length, refusal);
        int inner = _format.InnerHeader;
        WriteHeader(frame.Slice(0, inner), default, length);
        foreach (ReadOnlyMemory<byte> memory in frame.Slice(inner)) _writer.Write(memory.Span);
        _writer.Write(_format.Trailer);
        EndWrite(length);
    }

    /// <summary>Puts a frame into the pipe and flushes.</summary>
    /// <param name="frame">The frame, without prefix and delimiter.</param>
    /// <param name="cancellationToken">Refuses the frame if it is cancelled already; later it ends the wait of the flush.</param>
    /// <returns>The result of the flush.</returns>
    /// <exception cref="FrameException">The frame is too long, or the format cannot express it. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">A lease is open, or an earlier write has failed in mid-frame.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. <see cref="Position"/> tells whether the frame is in the pipe.</exception>
    public ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return new ValueTask<FlushResult>(Task.FromCanceled<FlushResult>(cancellationToken));
        Write(frame.Span);
        return _writer.FlushAsync(cancellationToken);
    }

    /// <summary>Puts a frame into the pipe and flushes.</summary>
    /// <param name="frame">The frame, without prefix and delimiter.</param>
    /// <param name="cancellationToken">Refuses the frame if it is cancelled already; later it ends the wait of the flush.</param>
    /// <returns>The result of the flush.</returns>
    /// <exception cref="FrameException">The frame is too long, or the format cannot express it. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">A lease is open, or an earlier write has failed in mid-frame.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. <see cref="Position"/> tells whether the frame is in the pipe.</exception>
    public ValueTask<FlushResult> WriteAsync(ReadOnlySequence<byte> frame, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return new ValueTask<FlushResult>(Task.FromCanceled<FlushResult>(cancellationToken));
        Write(frame);
        return _writer.FlushAsync(cancellationToken);
    }

    /// <summary>Begins a frame that is filled in place.</summary>
    /// <param name="sizeHint">How many bytes the frame will probably have. Default 0: as many as frames had lately.</param>
    /// <returns>The lease. It has to be committed, and disposed, before anything else is written.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sizeHint"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">A lease is open, or an earlier write has failed in mid-frame.</exception>
    public FrameLease Lease(int sizeHint = 0)
    {
        if (sizeHint < 0) throw new ArgumentOutOfRangeException(nameof(sizeHint), sizeHint, "A size is not negative.");
        ThrowIfBusy();
        int expected = Math.Min(sizeHint > 0 ? sizeHint : _expected, _format.MaximumLength);
        _lease.Open(expected, expected);
        return _lease;
    }

    /// <summary>Sends the frames that were put into the pipe.</summary>
    /// <param name="cancellationToken">Ends the wait while the pipe is full. The frames stay in the pipe.</param>
    /// <returns>The result of the flush.</returns>
    /// <exception cref="InvalidOperationException">A lease is open, or an earlier write has failed in mid-frame.</exception>
    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfBusy();
        return _writer.FlushAsync(cancellationToken);
    }

    /// <summary>From here on a fault of the pipe writer tears the frame.</summary>
    internal void BeginWrite() => _isTorn = true;

    internal void EndWrite(long length)
    {
        _isTorn = false;
        Position += _format.OuterHeader(length) + length + _format.Trailer.Length;
        int bounded = (int)Math.Min(length, MostExpected);

        // At once up, slowly down.
        _expected = bounded >= _expected ? bounded : _expected - ((_expected - bounded + 3) / 4);
    }

    internal FrameException TooLong(long length) => new(FrameErrorKind.TooLong, Position, $"A frame of {length} bytes is longer than the {_format.MaximumLength} allowed. Nothing of it was written.") { Length = length };

    internal FrameException Malformed(long length, string refusal) => new(FrameErrorKind.Malformed, Position, $"{refusal} Nothing of it was written.") { Length = length };

    private void Check(long length)
    {
        ThrowIfBusy();
        if (length > _format.MaximumLength) throw TooLong(length);
        if (_format.Refuses(length) is { } refusal) throw Malformed(length, refusal);
    }

    /// <summary>The prefix of a long frame, with the part of the frame in which it lies.</summary>
    private void WriteHeader(in ReadOnlySequence<byte> innerPieces, ReadOnlySpan<byte> inner, long length)
    {
        int size = _format.OuterHeader(length) + _format.InnerHeader;
        Span<byte> block = size > 0 ? _writer.GetSpan(size).Slice(0, size) : default;
        BeginWrite();
        if (size == 0) return;
        if (inner.IsEmpty) innerPieces.CopyTo(block);
        else inner.CopyTo(block);
        _format.SetLength(block, length);
        _writer.Advance(size);
    }

    private void ThrowIfBusy()
    {
        if (_lease.IsOpen) throw new InvalidOperationException("A leased frame is being written. Commit or dispose the lease first.");
        if (_isTorn) throw new InvalidOperationException("The pipe writer has failed in the middle of a frame, so nothing can follow it. Complete the pipe writer with the exception that it threw.");
    }
}
