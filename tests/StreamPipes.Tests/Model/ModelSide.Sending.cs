using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Model;

internal sealed partial class ModelSide
{
    private const int Limit = 60_000;

    private long _written;
    private long _flushed;
    private bool _outputCompleted;
    private bool _isDisposed;
    private bool _owesCancelledFlush;
    private Task<FlushResult>? _flush;
    private Task? _drain;
    private Task? _dispose;

    /// <summary>Every byte of a direction is known by its position.</summary>
    private static byte ContentAt(int content, long position) => (byte)((position * 31) + (position >> 8) + content);

    private async Task SendAsync(Step step)
    {
        if (_outputCompleted)
        {
            await Thrown.SurelyByAsync(() => Connection.Output.FlushAsync().Guarded());
            return;
        }

        if (!await SettleFlushAsync()) return;
        if (step.Kind == StepKind.FlushPrecancelled)
        {
            await FlushPrecancelledAsync(step.Variant % 2 == 0);
            return;
        }

        if (step.Kind != StepKind.Flush && _written + step.Size <= Limit) PutBytes(step, flush: step.Kind == StepKind.Write);
        else if (step.Kind == StepKind.Flush) BeginFlush(Connection.Output.FlushAsync());
        await TrySettleFlushAsync();
    }

    private void PutBytes(Step step, bool flush)
    {
        byte[] bytes = new byte[step.Size];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = ContentAt(_content, _written + i);
        PipeWriter output = Connection.Output;
        if (flush)
        {
            _written += bytes.Length;
            BeginFlush(output.WriteAsync(bytes));
            return;
        }

        switch (step.Variant)
        {
            case 0:
                output.Write(bytes);
                break;
            case 1:
                bytes.CopyTo(output.GetMemory(bytes.Length));
                output.Advance(bytes.Length);
                break;
            case 2:
                output.Advance(0);
                output.Put(bytes.AsSpan(0, bytes.Length / 2));
                output.Put(bytes.AsSpan(bytes.Length / 2));
                break;
            default:
                // Memory asked for and not used, which is given back, then a few bytes at a time into what there is.
                _ = output.GetMemory(step.Size + 1);
                output.Advance(0);
                foreach (byte[] piece in bytes.Chunk(7)) output.Write(piece);
                break;
        }

        _written += bytes.Length;
    }

    private void BeginFlush(ValueTask<FlushResult> flush)
    {
        _flushed = _written;
        _flush = flush.AsTask();
    }

    private async Task FlushPrecancelledAsync(bool byWrite)
    {
        CancellationToken cancelled = new(canceled: true);
        Exception? thrown = await Thrown.ByAsync(() => byWrite
            ? Connection.Output.WriteAsync(new byte[10], cancelled).Guarded()
            : Connection.Output.FlushAsync(cancelled).Guarded());
        if (thrown is OperationCanceledException e) e.CancellationToken.Should().Be(cancelled);
        else if (thrown is not null) Meet(thrown);
        else throw new InvalidOperationException("A cancelled token was not looked at.");
    }

    private async Task CancelPendingFlushAsync()
    {
        if (_outputCompleted) return;
        await TrySettleFlushAsync();
        Connection.Output.CancelPendingFlush();
        _owesCancelledFlush = true;
        if (_flush is not null)
        {
            // It may have ended by itself just before, and then the next one is cancelled.
            FlushResult? result = await EndedFlushAsync();
            if (result is { IsCanceled: true }) _owesCancelledFlush = false;
        }
    }

    private void CompleteOutput()
    {
        if (_outputCompleted) return;
        _outputCompleted = true;
        _flushed = _written;
        _drain = Connection.Output.CompleteAsync().AsTask();
    }

    private void Dispose()
    {
        _isDisposed = _inputCompleted = _outputCompleted = true;
        _flushed = _written;
        _dispose ??= Connection.DisposeAsync().AsTask();
    }

    private async Task TrySettleFlushAsync()
    {
        if (_flush is { IsCompleted: true }) await NoteFlushAsync();
    }

    /// <summary>Has the peer read until the flush has ended. False: nobody reads.</summary>
    private async Task<bool> SettleFlushAsync()
    {
        while (_flush is { IsCompleted: false })
        {
            if (Peer._inputCompleted || IsAnyoneTroubled) return false;

            // It may wait for more than will ever come.
            if (Peer._minimum > 0 && Peer._read is not null) await Peer.CancelPendingReadAsync();
            if (Peer._read is null) Peer.BeginRead(minimum: 0);
            await Task.WhenAny(_flush, Peer._read!).Guarded();
            if (Peer._read!.IsCompleted) await Peer.NoteReadAsync(variant: 4);
        }

        await TrySettleFlushAsync();
        return _flush is null;
    }

    private async Task NoteFlushAsync()
    {
        FlushResult? result = await EndedFlushAsync();
        if (result is null) return;
        if (!IsAnyoneTroubled && !_outputCompleted) result.Value.IsCompleted.Should().BeFalse();
        if (result.Value.IsCanceled) _owesCancelledFlush.Should().BeTrue("a cancellation is seen once");
        if (!IsAnyoneTroubled) result.Value.IsCanceled.Should().Be(_owesCancelledFlush, "a cancellation is not forgotten");
        if (result.Value.IsCanceled) _owesCancelledFlush = false;
    }

    private async Task<FlushResult?> EndedFlushAsync()
    {
        Task<FlushResult> flush = _flush!;
        _flush = null;
        try
        {
            return await flush.Guarded();
        }
        catch (Exception e) when (e is not HangException)
        {
            Meet(e);
            return null;
        }
    }
}
