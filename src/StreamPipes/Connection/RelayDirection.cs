using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Receiving;
using StreamPipes.Sending;

namespace StreamPipes.Connection;

/// <summary>One direction of a relay. Every byte is copied once: from the block in which it was received to the one from which it is sent.</summary>
internal sealed class RelayDirection
{
    private readonly ConnectionReader _input;
    private readonly ConnectionWriter _output;
    private readonly long _writtenBefore;

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

    /// <summary>It never faults.</summary>
    public async Task RunAsync()
    {
        bool isSending = false;
        try
        {
            ReadResult result;
            do
            {
                isSending = false;
                result = await _input.ReadAsync().ConfigureAwait(false);
                isSending = true;
                if (result.Buffer.IsEmpty) _input.AdvanceTo(result.Buffer.End);
                else await PassAsync(result.Buffer).ConfigureAwait(false);
            }
            while (!result.IsCompleted);
            await _output.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            HasFailedSending = isSending;
            Fault = e;
        }
    }

    private ValueTask<FlushResult> PassAsync(in ReadOnlySequence<byte> received)
    {
        ValueTask<FlushResult> flush;
        if (received.IsSingleSegment)
        {
            flush = _output.WriteAsync(received.First, throwsFault: true, CancellationToken.None);
        }
        else
        {
            foreach (ReadOnlyMemory<byte> piece in received) _output.Write(piece.Span);
            flush = _output.FlushAsync(throwsFault: true, CancellationToken.None);
        }

        // It has been copied: the source reads ahead while the destination sends. This thread comes from the source's pump, and would otherwise only wait.
        _input.AdvanceTo(received.End);
        _output.LendThread();
        return flush;
    }
}
