using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using StreamPipes.Framing.Formats;

namespace StreamPipes.Framing;

/// <content>The pipe reader: waiting for it, and giving back what was read of it.</content>
public sealed partial class FrameReader
{
    /// <summary>A result of the pipe reader is held and has to be advanced.</summary>
    private bool _isReading;
    private bool _isCompleted;
    private bool _isCanceled;

    /// <summary>A wait was cancelled: whole frames may be in the pipe that this reader has not read.</summary>
    private bool _isInterrupted;

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<bool> WaitAndMoveAsync(CancellationToken cancellationToken) => await WaitAsync(cancellationToken).ConfigureAwait(false) && TryMove();

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            Interrupt();
            cancellationToken.ThrowIfCancellationRequested();
        }

        _failure?.Throw();
        _isInterrupted = false;

        // Other code may have read the pipe meanwhile, and may have left what no read would wait for.
        if (!_isReading && TryLoadArrived()) ThrowIfCanceled();
        while (!FindGoodFrame())
        {
            if (_isCompleted) return EndOfStream();
            Advance(examinesAll: true);
            try
            {
                Load(await _reader.ReadAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await UnexamineAsync().ConfigureAwait(false);
                Interrupt();
                throw;
            }

            ThrowIfCanceled();
        }

        return true;
    }

    /// <summary>
    /// A read that a token has ended leaves the bytes before it examined, and they would be given with the next ones only: too late for another format, or for
    /// other code. A read that is cancelled in advance gives them at once. A cancellation from elsewhere that meets this one has ended the same wait.
    /// </summary>
    private async ValueTask UnexamineAsync()
    {
        try
        {
            _reader.CancelPendingRead();
            Load(await _reader.ReadAsync(CancellationToken.None).ConfigureAwait(false));
        }
        catch (Exception)
        {
            // A fault of the connection. The next wait meets it again, and throws it.
        }
    }

    /// <summary>Takes what has arrived, for the first move after a wait that was cancelled.</summary>
    /// <returns>Whether there may be a frame in the window.</returns>
    private bool TryTakeArrived()
    {
        _isInterrupted = false;
        if (!TryLoadArrived()) return false;

        // That is for the next wait.
        if (_isCanceled) _reader.CancelPendingRead();
        try
        {
            if (_skipped is null || SkipMore()) return true;
            Advance(examinesAll: true);
        }
        catch (Exception)
        {
            // Of the receiver of what is skipped. The next wait throws it again.
        }

        return false;
    }

    private bool TryLoadArrived()
    {
        _scanned = 0;
        try
        {
            Advance(examinesAll: false);
            if (!_reader.TryRead(out ReadResult result)) return false;
            Load(result);
            return true;
        }
        catch (Exception)
        {
            // The next read meets it again, and throws it.
            return false;
        }
    }

    private void ThrowIfCanceled()
    {
        if (!_isCanceled) return;
        Interrupt();
        throw new OperationCanceledException("The pending read of the pipe was cancelled. Nothing is lost: the next wait continues where the last frame ended.");
    }

    private void Interrupt()
    {
        Advance(examinesAll: false);
        _isInterrupted = _failure is null;
    }

    private void Load(in ReadResult result)
    {
        _isReading = true;
        _isCompleted = result.IsCompleted;
        _isCanceled = result.IsCanceled;
        _window.Load(result.Buffer);
    }

    private void Advance(bool examinesAll)
    {
        _isApart = true;
        _apart = default;
        if (!_isReading) return;
        _isReading = false;
        _isCompleted = false;
        SequencePosition consumed = _window.Consumed;
        SequencePosition examined = examinesAll ? _window.End : consumed;
        _window.Clear();
        _reader.AdvanceTo(consumed, examined);
    }
}
