using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Receiving;
using StreamPipes.Sending;
using StreamPipes.State;

namespace StreamPipes.Connection;

/// <summary>One direction of a relay. Every byte is copied once: from the block in which it was received to the one from which it is sent.</summary>
internal sealed class RelayDirection
{
    private readonly ConnectionReader _input;
    private readonly ConnectionWriter _output;
    private readonly long _writtenBefore;
    private volatile Exception? _refusal;

    public RelayDirection(ConnectionLifetime source, ConnectionLifetime destination)
    {
        Source = source;
        Destination = destination;
        _input = source.Reader;
        _output = destination.Writer;
        _writtenBefore = _output.Written;
    }

    public ConnectionLifetime Source { get; }

    public ConnectionLifetime Destination { get; }

    /// <summary>What has ended it; <see langword="null"/> for the end of the source.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Whether the destination has failed, and not the source.</summary>
    public bool HasFailedSending { get; private set; }

    /// <summary>How many bytes the destination's stream has taken, without what was written before.</summary>
    public long Bytes => Math.Max(0, Destination.BytesSent - _writtenBefore);

    /// <summary>
    /// Whether every byte of the source and its end have come, although a read throws then: the error is one of the opposite direction, which the source takes no more.
    /// </summary>
    private bool HasEndBehindFault => _input.Pump.ReachedEndOfStream && Source.Fault is { Reason: CloseReason.WriteFault, IsImmediate: false };

    /// <summary>It never faults.</summary>
    public async Task RunAsync()
    {
        bool isSending = false;
        try
        {
            while (true)
            {
                isSending = false;
                ReadResult result = await _input.ReadAsync().ConfigureAwait(false);
                isSending = true;
                if (_refusal is not null) throw _refusal;
                if (result.Buffer.IsEmpty) _input.AdvanceTo(result.Buffer.End);
                else await PassAsync(result.Buffer).ConfigureAwait(false);
                if (result.IsCompleted) break;
            }
        }
        catch (Exception e)
        {
            if (isSending || !HasEndBehindFault)
            {
                HasFailedSending = isSending;
                Fault = e;
                return;
            }
        }

        try
        {
            await _output.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            HasFailedSending = true;
            Fault = e;
        }
    }

    /// <summary>Any thread: ends it as if sending had failed, which shows only when there is something to send.</summary>
    public void Refuse(Exception reason)
    {
        _refusal = reason;
        _input.CancelPendingRead();
    }

    private ValueTask<FlushResult> PassAsync(in ReadOnlySequence<byte> received)
    {
        ValueTask<FlushResult> flush;
        if (received.IsSingleSegment)
        {
            flush = _output.WriteAsync(received.First, throwsFault: true, keepsThread: true, CancellationToken.None);
        }
        else
        {
            foreach (ReadOnlyMemory<byte> piece in received) _output.Write(piece.Span);
            flush = _output.FlushAsync(throwsFault: true, keepsThread: true, CancellationToken.None);
        }

        // It has been copied: the source reads ahead while the destination sends. This thread comes from the source's pump, and would otherwise only wait.
        _input.AdvanceTo(received.End);
        _output.LendThread();
        return flush;
    }
}
