using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>Reads a stream to its end or its first error, and switches the format on the way.</summary>
/// <param name="plan">What the fuzzer has chosen.</param>
/// <param name="input">Where the stream comes from.</param>
/// <param name="pump">What disturbs the waits; null if nothing does.</param>
internal sealed class FrameSession(FramePlan plan, PipeReader input, FramePump? pump)
{
    private readonly FrameLog _log = new();
    private FrameReader _reader = null!;

    /// <summary>Where the current reader began.</summary>
    private long _base;
    private Exception? _failure;

    public FrameLog Log => _log;

    /// <summary>Where the bytes begin that no frame has taken.</summary>
    public long Position => _base + _reader.Position;

    /// <summary>Whether it ended with an error.</summary>
    public bool HasFailed => _failure is not null;

    private CancellationToken Token => pump?.Token ?? CancellationToken.None;

    public async Task RunAsync(bool enumerates)
    {
        Open(plan.First);
        try
        {
            if (enumerates) await EnumerateAsync();
            else await TryReadAsync();
            _log.End(Position);
        }
        catch (FrameException exception)
        {
            _log.Fail(exception.Kind, _base + exception.Position, exception.Length);
            _failure = exception;
        }
        catch (InvalidDataException exception)
        {
            _log.FailBy(exception.Message);
            _failure = exception;
        }
    }

    /// <summary>An error is thrown again, and frees the pipe reader; an end is the end again.</summary>
    public void MustStayAsItIs()
    {
        FoundException.Unless(!_reader.TryRead(out _), "there is a frame after the end or the error");
        ValueTask<bool> again = _reader.WaitToReadAsync();

        // A cancellation that has met no wait before.
        if (again.IsCanceled && pump is not null) again = _reader.WaitToReadAsync();
        FoundException.Unless(again.IsCompleted, "it waits after the end or the error");
        if (_failure is null) FoundException.Unless(!Parsers.Now.Of(again), "there is a frame after the end");
        else FoundException.Unless(again.IsFaulted && ReferenceEquals(again.AsTask().Exception!.InnerException, _failure), "the error is not thrown again");
    }

    private async Task TryReadAsync()
    {
        while (true)
        {
            pump?.Disturb();
            bool hasFrame;
            try
            {
                hasFrame = await _reader.WaitToReadAsync(Token);
            }
            catch (OperationCanceledException) when (pump is not null)
            {
                pump.Renew();
                TakeWhatHasArrived();
                continue;
            }

            if (!hasFrame) return;
            FoundException.Unless(_reader.TryRead(out ReadOnlySequence<byte> first), "the wait has promised a frame");
            Add(first);
            while (_reader.TryRead(out ReadOnlySequence<byte> frame)) Add(frame);
        }
    }

    private async Task EnumerateAsync()
    {
        while (true)
        {
            FrameReader current = _reader;
            try
            {
                await foreach (ReadOnlySequence<byte> frame in current.ReadAllAsync(Token))
                {
                    Add(frame);
                    if (!ReferenceEquals(current, _reader)) break;
                    pump?.Disturb();
                }

                if (ReferenceEquals(current, _reader)) return;
            }
            catch (OperationCanceledException) when (pump is not null)
            {
                pump.Renew();
            }
        }
    }

    /// <summary>A stop that answers all it was sent.</summary>
    private void TakeWhatHasArrived()
    {
        int sent = pump!.Sent;
        bool isOver = pump.HasEnded;
        FrameReader current = _reader;
        while (ReferenceEquals(current, _reader) && _reader.TryRead(out ReadOnlySequence<byte> frame)) Add(frame);
        if (!_log.IsPlain || !ReferenceEquals(current, _reader)) return;
        int whole = FrameExpectation.WholeFrames(plan, sent, isOver);
        FoundException.Unless(_log.Frames == whole, $"{_log.Frames} frames were taken after a cancelled wait, but {whole} have arrived");
    }

    private void Add(in ReadOnlySequence<byte> frame)
    {
        _log.Frame(frame);
        FoundException.Unless(_log.Frames <= plan.Wire.Length, "there are more frames than bytes");
        if (plan.Second is null || _log.Frames != plan.SwitchAfter) return;
        if (!plan.SwitchesByRelease)
        {
            _reader.Format = plan.Second.Format;
            return;
        }

        _reader.Release();
        _base += _reader.Position;
        Open(plan.Second);
    }

    private void Open(FormatChoice choice)
    {
        _reader = new FrameReader(input, choice.Format) { AllowUnterminatedLastFrame = plan.IsLastOpen };
        if (plan.Policy == FramePolicy.None) return;
        _reader.OnError = error => plan.Decide(_log.Ask(error.Kind, _base + error.Position, error.Length));
        _reader.OnSkipped = skipped =>
        {
            _log.Skip(skipped.Kind, _base + skipped.Position, skipped.Length);
            if (plan.Policy == FramePolicy.SkipAndThrow) throw new InvalidDataException("skipped");
        };
    }
}
