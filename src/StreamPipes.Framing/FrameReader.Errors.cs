using System.Buffers;
using System.Runtime.ExceptionServices;
using StreamPipes.Framing.Formats;

namespace StreamPipes.Framing;

/// <content>Bad frames: what is reported, and how the next good one is found.</content>
public sealed partial class FrameReader
{
    /// <summary>The first error, which every later wait throws again.</summary>
    private ExceptionDispatchInfo? _failure;

    /// <summary>The bad frame that is being discarded, in the format it came in: so many bytes more, or, if that is negative, up to its delimiter.</summary>
    private FrameException? _skipped;
    private FrameFormat? _formatSkipped;
    private long _toSkip;

    /// <summary>Looks for a frame that can be taken, and discards those before it that are to be skipped.</summary>
    /// <returns>Whether there is one; if not, all that was read has been looked at.</returns>
    private bool FindGoodFrame()
    {
        while (true)
        {
            if (_skipped is not null && !SkipMore()) return false;
            ReadOnlySequence<byte> rest = _window.Rest;
            if (rest.IsEmpty) return false;
            FrameScan scan = Scan(rest);
            switch (scan.Status)
            {
                case ScanStatus.Found:
                    return true;
                case ScanStatus.Incomplete:
                    return false;
                default:
                    Refuse(scan);
                    break;
            }
        }
    }

    /// <summary>What comes next; the end of the stream may take the place of its delimiter.</summary>
    private FrameScan Scan(in ReadOnlySequence<byte> rest)
    {
        FrameScan scan = _format.Scan(rest, ref _scanned);
        return scan.Status == ScanStatus.Incomplete && _isCompleted && AllowUnterminatedLastFrame ? _format.ScanLast(rest) : scan;
    }

    /// <returns>Whether the bad frame has been discarded to its end.</returns>
    private bool SkipMore()
    {
        ReadOnlySequence<byte> rest = _window.Rest;
        if (rest.IsEmpty) return false;
        long count;
        int delimiter = 0;
        bool isWhole;
        if (_toSkip < 0)
        {
            isWhole = _formatSkipped!.TryFindEnd(rest, out count, out delimiter);
        }
        else
        {
            count = Math.Min(_toSkip, rest.Length);
            _toSkip -= count;
            isWhole = _toSkip == 0;
        }

        _window.Consume(count);
        if (isWhole) EndSkip(Position - delimiter);
        return isWhole;
    }

    private void EndSkip(long end)
    {
        FrameException skipped = _skipped!;
        _skipped = null;
        _formatSkipped = null;
        if (skipped.Length < 0) skipped.Length = end - skipped.Position;
        try
        {
            OnSkipped?.Invoke(skipped);
        }
        catch (Exception exception)
        {
            // What cannot be reported is not passed over.
            Fail(exception);
            throw;
        }
    }

    private void Refuse(FrameScan scan)
    {
        bool isTooLong = scan.Status == ScanStatus.TooLong;
        string what = !isTooLong ? $"is malformed: {scan.Problem}"
            : scan.Length < 0 ? $"is longer than the {_format.MaximumLength} bytes allowed"
            : $"has {scan.Length} bytes, more than the {_format.MaximumLength} allowed";
        FrameException error = new(isTooLong ? FrameErrorKind.TooLong : FrameErrorKind.Malformed, Position, $"The frame at position {Position} {what}.")
        {
            Length = scan.Length,
            CanSkip = isTooLong,
        };
        FrameFormat format = _format;
        if (!IsSkipped(error)) Fail(error);
        _skipped = error;
        _formatSkipped = format;
        _toSkip = scan.Total;
        _scanned = 0;
    }

    /// <returns>False, for the end between two frames.</returns>
    private bool EndOfStream()
    {
        if (_skipped is not null && _toSkip < 0 && AllowUnterminatedLastFrame) EndSkipByEnd();
        long left = _window.Rest.Length;
        if (left > 0 || _skipped is not null)
        {
            long from = _skipped?.Position ?? Position;
            FrameException error = new(FrameErrorKind.Truncated, from, $"The stream ended inside a frame, {Position + left - from} bytes after its beginning at position {from}.");
            IsSkipped(error);
            Fail(error);
        }

        Advance(examinesAll: true);
        return false;
    }

    /// <summary>The end of the stream is the end of the frame that is being discarded.</summary>
    private void EndSkipByEnd()
    {
        ReadOnlySequence<byte> rest = _window.Rest;
        long end = Position;
        if (!rest.IsEmpty)
        {
            end += _formatSkipped!.ScanLast(rest).Length;
            _window.Consume(rest.Length);
        }

        EndSkip(end);
    }

    private bool IsSkipped(FrameException error)
    {
        try
        {
            return OnError?.Invoke(error) == FrameErrorAction.Skip && error.CanSkip;
        }
        catch (Exception exception)
        {
            // The decider's own error takes the place of the frame's.
            Fail(exception);
            throw;
        }
    }

    /// <summary>Nothing of the bad frame is consumed, and no read is pending: other code can read the rest, or answer and close.</summary>
    private void Fail(Exception exception)
    {
        _failure = ExceptionDispatchInfo.Capture(exception);
        Advance(examinesAll: false);
        _failure.Throw();
    }
}
