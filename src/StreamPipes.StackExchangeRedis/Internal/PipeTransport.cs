using System.Buffers;
using System.IO.Pipelines;
using RESPite.Transports;

namespace StreamPipes.StackExchangeRedis.Internal;

/// <summary>A connection as the client's transport: what it writes goes to the output, and what arrives is pushed to it.</summary>
/// <remarks>
/// The client writes and flushes under a lock of its own, one thread at a time. It disposes the transport from any thread, also while another one writes and from
/// within what is pushed to it.
/// </remarks>
/// <param name="connection">Owned.</param>
/// <param name="turns">Counts flushes and reads.</param>
/// <param name="isEncrypted">Whether there is TLS.</param>
internal sealed class PipeTransport(PipeConnection connection, SendTurns? turns, bool isEncrypted) : DuplexTransport
{
    private readonly PipeReader _input = connection.Input;
    private readonly PipeWriter _output = connection.Output;
    private volatile bool _isDisposed;

    public override bool IsEncrypted => isEncrypted;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        try
        {
            return _output.GetMemory(sizeHint);
        }
        catch (InvalidOperationException e) when (_isDisposed)
        {
            throw Closed(e);
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        try
        {
            return _output.GetSpan(sizeHint);
        }
        catch (InvalidOperationException e) when (_isDisposed)
        {
            throw Closed(e);
        }
    }

    public override void Advance(int count)
    {
        try
        {
            _output.Advance(count);
        }
        catch (InvalidOperationException e) when (_isDisposed)
        {
            throw Closed(e);
        }
    }

    public override bool Flush()
    {
        turns?.NoteFlush();
        ValueTask<FlushResult> flush = _output.FlushAsync();

        // There is no back-pressure to wait for. What refuses a flush has ended the connection, and the receiver gets the reason.
        return flush.IsCompletedSuccessfully && !flush.Result.IsCompleted;
    }

    public override void Start(TransportReceiver receiver)
    {
        // No AsyncLocal value of the caller that connects stays alive with the connection.
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = ReceiveAsync(receiver);
            return;
        }

        using (ExecutionContext.SuppressFlow()) _ = ReceiveAsync(receiver);
    }

    public override ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return connection.DisposeAsync();
    }

    private async Task ReceiveAsync(TransportReceiver receiver)
    {
        Exception? fault = null;
        try
        {
            bool isOver;
            do
            {
                ReadResult result = await _input.ReadAsync().ConfigureAwait(false);
                turns?.NoteRead();
                isOver = !Deliver(result.Buffer, receiver) || result.IsCompleted;
                _input.AdvanceTo(result.Buffer.End);
                receiver.OnBatchEnd();
            }
            while (!isOver);
        }
        catch (Exception e)
        {
            // The receiver gets it. After a dispose it is only the refusal of another read.
            if (!_isDisposed) fault = e is TimeoutException ? new IOException(e.Message, e) : e;
        }

        _ = DisposeAsync().AsTask();
        receiver.OnClosed(fault);
    }

    private static bool Deliver(in ReadOnlySequence<byte> received, TransportReceiver receiver)
    {
        if (received.IsSingleSegment) return received.IsEmpty || receiver.OnReceived(received.First.Span);
        foreach (ReadOnlyMemory<byte> piece in received)
        {
            if (!piece.IsEmpty && !receiver.OnReceived(piece.Span)) return false;
        }

        return true;
    }

    /// <summary>Which the client takes for the end of the connection, and not for a fault of its own.</summary>
    private ObjectDisposedException Closed(InvalidOperationException inner) => new($"The connection is closed: {connection}", inner);
}
