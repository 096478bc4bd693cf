using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using StreamPipes.Framing.Formats;
using StreamPipes.Framing.Reading;

namespace StreamPipes.Framing;

/// <summary>Reads frames from a <see cref="PipeReader"/>: by <c>await foreach</c>, or with the two methods that channels have.</summary>
/// <remarks>
/// <code>
/// FrameReader frames = new(connection.Input, FrameFormat.Lines(maximumLength: 8192));
/// await foreach (ReadOnlySequence&lt;byte&gt; line in frames) Handle(Encoding.UTF8.GetString(line));
/// </code>
/// <para><b>Ownership.</b> The pipe reader stays the caller's: the frame reader never completes it. A frame is lent: it is valid until the next move, which
/// is any call of this reader. Copy what has to outlive it.</para>
/// <para><b>Concurrency.</b> One loop reads. While it does, nothing else may read the pipe reader; <see cref="Release"/> gives it back.</para>
/// <para><b>Formats.</b> A protocol that changes its format in mid-stream sets <see cref="Format"/> between two frames, or releases the pipe reader to other
/// code: every byte after the last frame is unread.</para>
/// <para><b>Completion.</b> The end of the stream between two frames ends the loop. Anything else is an exception, never an end: the end inside a frame is a
/// <see cref="FrameException"/> of the kind <see cref="FrameErrorKind.Truncated"/>, a fault of the connection surfaces as the pipe reader throws it.
/// <see cref="AllowUnterminatedLastFrame"/> takes a last line without its delimiter for a frame.</para>
/// <para><b>Errors.</b> A bad frame is a <see cref="FrameException"/> with its kind and its position, thrown after every frame before it has been delivered, and
/// by every later wait again. Its bytes stay unread, and no read of the pipe reader is pending: a server can still answer, and close in order.
/// <see cref="OnError"/> can skip the frame instead.</para>
/// <para><b>Cancellation.</b> A token, and <see cref="PipeReader.CancelPendingRead"/>, end the wait with <see cref="OperationCanceledException"/>. Nothing is
/// lost: <see cref="TryRead(out ReadOnlySequence{byte})"/> takes the whole frames that have arrived until then, and the next wait continues where the last frame
/// ended. No read of the pipe reader is pending, and the bytes after the last frame are unread and not examined: another frame reader, and
/// <see cref="PipeReader.TryRead"/>, get them at once. (<see cref="PipeReader.ReadAsync"/> of the framework's pipe waits for one more byte first.)</para>
/// <para><b>Memory.</b> An unfinished frame stays in the pipe, and is never longer than <see cref="FrameFormat.MaximumLength"/> and what belongs to it. Reading
/// allocates nothing per frame. A frame that is skipped is discarded as it arrives.</para>
/// <para><b>Alternatives.</b> For a message whose end only its content tells (JSON without lines, HTTP), parse the buffers of the pipe reader itself.</para>
/// </remarks>
public sealed partial class FrameReader
{
    private readonly PipeReader _reader;
    private FrameFormat _format;
    private ReadWindow _window;

    /// <summary>From the front of the window on, no delimiter begins before this offset.</summary>
    private long _scanned;

    /// <summary>The current frame, in the segment of the window. If it lies across segments, or there is none, it is the sequence.</summary>
    private int _start;
    private int _end;
    private bool _isApart = true;
    private ReadOnlySequence<byte> _apart;

    /// <summary>Makes a reader of frames. It reads nothing yet.</summary>
    /// <param name="reader">What to read from.</param>
    /// <param name="format">How frames are told apart, and how long one may be.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public FrameReader(PipeReader reader, FrameFormat format)
    {
        _reader = reader ?? throw new ArgumentNullException(nameof(reader));
        _format = format ?? throw new ArgumentNullException(nameof(format));
    }

    /// <summary>
    /// Decides about each bad frame. Default <see langword="null"/>: every one is <see cref="FrameErrorAction.Fail"/>. It runs in the wait that meets the frame,
    /// after all frames before it have been delivered. It may throw an exception of its own, which is thrown in the place of the
    /// <see cref="FrameException"/>. Set it before the first read.
    /// </summary>
    /// <remarks><code>frames.OnError = error => error.Kind == FrameErrorKind.TooLong ? FrameErrorAction.Skip : FrameErrorAction.Fail;</code></remarks>
    public Func<FrameException, FrameErrorAction>? OnError { get; set; }

    /// <summary>
    /// Receives every frame that has been skipped, once all of it is discarded, to log or count it. It is the object that <see cref="OnError"/> received; its
    /// <see cref="FrameException.Length"/> is known now, also of a frame that only its delimiter ended. Default <see langword="null"/>. An exception that it
    /// throws fails the reader, as one of <see cref="OnError"/> does. Set it before the first read.
    /// </summary>
    /// <remarks><code>frames.OnSkipped = skipped => Console.WriteLine($"{skipped.Kind} at byte {skipped.Position}: {skipped.Length} bytes skipped");</code></remarks>
    public Action<FrameException>? OnSkipped { get; set; }

    /// <summary>
    /// Whether the end of the stream ends the last frame as its delimiter would, as in text files. Default <see langword="false"/>: a last frame without its
    /// delimiter is <see cref="FrameErrorKind.Truncated"/>, since on a connection it may have been cut off. It has no effect in formats without a delimiter.
    /// Set it before the first read.
    /// </summary>
    public bool AllowUnterminatedLastFrame { get; set; }

    /// <summary>
    /// How frames are told apart, and how long one may be. It may be set between any two frames: the next one begins at <see cref="Position"/> and has the new
    /// format, whatever has been read ahead. The current frame stays valid.
    /// </summary>
    /// <remarks>
    /// <code>frames.Format = FrameFormat.FixedSize(4096);</code>
    /// <para>A wait that has completed promised a frame of the old format: wait again. A frame that is being skipped is skipped to its end in its own format.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public FrameFormat Format
    {
        get => _format;
        set
        {
            _format = value ?? throw new ArgumentNullException(nameof(value));
            _scanned = 0;
        }
    }

    /// <summary>Where in the stream the next frame begins, in bytes: how many have been read as frames, or skipped.</summary>
    public long Position => _window.Position;

    /// <summary>The frame that was moved to last.</summary>
    internal ReadOnlySequence<byte> Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _isApart ? _apart : new ReadOnlySequence<byte>(_window.Segment!, _start, _window.Segment!, _end);
    }

    /// <summary>
    /// Takes the next frame if all of it has arrived and been read. It never throws and never waits. After a wait that was cancelled it also takes what has
    /// arrived since, once: a server that stops can answer everything it was sent, and a peer that keeps sending cannot detain it.
    /// </summary>
    /// <param name="frame">The frame without prefix and delimiter, valid until the next move. Empty if there is none.</param>
    /// <returns>
    /// <see langword="false"/> if there is no whole frame at hand: because more has to be read, because the stream has ended, or because the next frame is a bad
    /// one. <see cref="WaitToReadAsync"/> says which.
    /// </returns>
    public bool TryRead(out ReadOnlySequence<byte> frame)
    {
        if (TryMove())
        {
            frame = Current;
            return true;
        }

        frame = default;
        return false;
    }

    /// <summary>Takes the next frame as a message, if all of it has arrived and been read. It throws what the parser throws, and never waits.</summary>
    /// <typeparam name="TMessage">The type of the messages.</typeparam>
    /// <typeparam name="TParser">The type of the parser: a struct, to have it inlined.</typeparam>
    /// <param name="parser">Makes a message of a frame.</param>
    /// <param name="message">The message; the default value if there is none.</param>
    /// <returns>Whether there was a frame, see <see cref="TryRead(out ReadOnlySequence{byte})"/>.</returns>
    public bool TryRead<TMessage, TParser>(TParser parser, out TMessage message)
        where TParser : IFrameParser<TMessage>
    {
        if (TryMove())
        {
            message = parser.Parse(Current);
            return true;
        }

        message = default!;
        return false;
    }

    /// <summary>Waits until there is a frame to take.</summary>
    /// <param name="cancellationToken">
    /// Ends the wait, and nothing else. A token that is cancelled already ends it at once; frames that are there stay for
    /// <see cref="TryRead(out ReadOnlySequence{byte})"/>.
    /// </param>
    /// <returns>
    /// <see langword="true"/> if the next <see cref="TryRead(out ReadOnlySequence{byte})"/> takes a frame; <see langword="false"/> if the stream has ended
    /// between two frames.
    /// </returns>
    /// <exception cref="FrameException">The next frame is too long, malformed, or cut off by the end of the stream.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or <see cref="PipeReader.CancelPendingRead"/> called.</exception>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        !cancellationToken.IsCancellationRequested && _failure is null && _format.TryFind(_window.Unread, _scanned, out _)
            ? new ValueTask<bool>(true)
            : WaitAsync(cancellationToken);

    /// <summary>The frames, one after the other, for <c>await foreach</c>.</summary>
    /// <param name="cancellationToken">Ends a wait for the next frame. Frames that are at hand are delivered nevertheless.</param>
    /// <returns>An enumerator. Disposing it is <see cref="Release"/>; the next one continues after the last frame.</returns>
    public FrameEnumerator GetAsyncEnumerator(CancellationToken cancellationToken = default) => new(this, cancellationToken);

    /// <summary>The frames, one after the other, for <c>await foreach</c> with a token.</summary>
    /// <param name="cancellationToken">Ends a wait for the next frame. Frames that are at hand are delivered nevertheless.</param>
    /// <returns>What can be enumerated. Every enumeration continues after the last frame.</returns>
    public FrameEnumerable ReadAllAsync(CancellationToken cancellationToken = default) => new(this, cancellationToken);

    /// <summary>The frames as messages, one after the other, for <c>await foreach</c>.</summary>
    /// <typeparam name="TMessage">The type of the messages.</typeparam>
    /// <typeparam name="TParser">The type of the parser: a struct, to have it inlined.</typeparam>
    /// <param name="parser">Makes a message of a frame.</param>
    /// <param name="cancellationToken">Ends a wait for the next frame. Frames that are at hand are delivered nevertheless.</param>
    /// <returns>What can be enumerated. Every enumeration continues after the last frame.</returns>
    public FrameEnumerable<TMessage, TParser> ReadAllAsync<TMessage, TParser>(TParser parser, CancellationToken cancellationToken = default)
        where TParser : IFrameParser<TMessage> => new(this, parser, cancellationToken);

    /// <summary>
    /// Gives the pipe reader back, for other code to read on: frames that were taken are consumed, everything after them is unread. For a protocol that changes
    /// its format in mid-stream. This reader can continue afterwards; its <see cref="Position"/> counts what it has read itself.
    /// </summary>
    /// <remarks>It is not needed after the end, after an exception of a wait, or after an <c>await foreach</c>.</remarks>
    public void Release()
    {
        _isInterrupted = false;
        Advance(examinesAll: false);
    }

    /// <summary>Moves to the next frame, if it is there.</summary>
    internal bool TryMove()
    {
        if (!_format.TryFind(_window.Unread, _scanned, out FrameExtent found)) return TryMoveAcross();
        int index = _window.Index;
        _start = index + found.Start;
        _end = _start + found.Length;
        _isApart = false;
        _scanned = 0;
        _window.Index = index + found.Total;
        return true;
    }

    /// <summary>Moves to the next frame, and waits for it if it is not there.</summary>
    internal ValueTask<bool> MoveAsync(CancellationToken cancellationToken) => TryMove() ? new ValueTask<bool>(true) : WaitAndMoveAsync(cancellationToken);

    /// <summary>What <see cref="Release"/> does, for a loop that is left.</summary>
    internal ValueTask EndEnumeration()
    {
        try
        {
            Advance(examinesAll: false);
        }
        catch (InvalidOperationException)
        {
            // The body of the loop has completed the pipe reader, so there is nothing to give back. An exception here would hide the body's own.
        }

        return default;
    }

    /// <summary>The frame may lie across segments, begin in the next one, or have arrived while a wait was being cancelled.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryMoveAcross()
    {
        ReadOnlySequence<byte> rest = _window.Rest;
        FrameScan scan = rest.IsEmpty ? FrameScan.Incomplete : Scan(rest);
        if (scan.Status != ScanStatus.Found) return scan.Status == ScanStatus.Incomplete && _isInterrupted && TryTakeArrived() && TryMove();
        _apart = rest.Slice(scan.Start, scan.Length);
        _isApart = true;
        _scanned = 0;
        _window.Consume(scan.Total);
        return true;
    }
}
