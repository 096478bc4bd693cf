using System.Buffers;
using System.Runtime.ExceptionServices;
using StreamPipes.Framing.Formats;

namespace StreamPipes.Framing;

/// <content>Bad frames: what is reported, and how the next good one is found.</content>
public sealed partial class FrameReader
{
    /// <summary>The first error, which every later wait throws again.</summary>
    private ExceptionDispatchInfo? _failure;

    /// <summary>A bad frame is being discarded: so many bytes more, or, if that is negative, up to its delimiter.</summary>
    private long _toSkip;
    private bool _isSkipping;
    private long _skippedFrom;

    /// <summary>Looks for a frame that can be taken, and discards those before it that are to be skipped.</summary>
    /// <returns>Whether there is one; if not, all that was read has been looked at.</returns>
    private bool FindGoodFrame()
    {
        while (true)
        {
            if (_isSkipping && !SkipMore()) return false;
            ReadOnlySequence<byte> rest = _window.Rest;
            if (rest.IsEmpty) return false;
            FrameScan scan = _format.Scan(rest, ref _scanned);
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

    /// <returns>Whether the bad frame has been discarded to its end.</returns>
    private bool SkipMore()
    {
        ReadOnlySequence<byte> rest = _window.Rest;
        if (rest.IsEmpty) return false;
        long count;
        if (_toSkip < 0)
        {
            _isSkipping = !_format.TryFindEnd(rest, out count);
        }
        else
        {
            count = Math.Min(_toSkip, rest.Length);
            _toSkip -= count;
            _isSkipping = _toSkip > 0;
        }

        _window.Consume(count);
        return !_isSkipping;
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
        if (!IsSkipped(error)) Fail(error);
        _isSkipping = true;
        _toSkip = scan.Total;
        _skippedFrom = Position;
        _scanned = 0;
    }

    /// <returns>False, for the end between two frames.</returns>
    private bool EndOfStream()
    {
        long left = _window.Rest.Length;
        if (left > 0 || _isSkipping)
        {
            long from = _isSkipping ? _skippedFrom : Position;
            FrameException error = new(FrameErrorKind.Truncated, from, $"The stream ended inside a frame, {Position + left - from} bytes after its beginning at position {from}.");
            IsSkipped(error);
            Fail(error);
        }

        Advance(examinesAll: true);
        return false;
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
