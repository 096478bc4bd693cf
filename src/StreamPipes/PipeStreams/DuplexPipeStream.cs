using System.IO.Pipelines;
using System.Net;
using StreamPipes.Common;
using StreamPipes.Connection;
using StreamPipes.Transports;

namespace StreamPipes.PipeStreams;

/// <summary>A duplex pipe as a <see cref="Stream"/>.</summary>
internal sealed class DuplexPipeStream : Stream, IAsyncDisposable, IOwnStream
{
    private static readonly StreamTraits TraitsOverAnyPipe = new()
    {
        WaitsOnEmptyReads = true,
        NeverBlocks = true,
        ReadsIntoSpans = true,
        MayCancelReads = true,
        HasHalfClose = true,
        IsDisposedGently = true,
        HoldsBytes = true,
    };

    private static readonly StreamTraits TraitsOverKnownPipe = TraitsOverAnyPipe with { SurvivesCanceledRead = true };

    private readonly IDuplexPipe _pipe;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly bool _leaveOpen;
    private readonly PipeStreamReads _reads;
    private readonly PipeStreamWrites _writes;
    private volatile bool _isAbortive;
    private Task? _closed;

    private DuplexPipeStream(IDuplexPipe pipe, PipeReader input, PipeWriter output, bool leaveOpen)
    {
        _pipe = pipe;
        _input = input;
        _output = output;
        _leaveOpen = leaveOpen;
        _reads = new PipeStreamReads(input, leaveOpen);
        _writes = new PipeStreamWrites(output, leaveOpen);
    }

    /// <exception cref="ArgumentException">The pipe lacks a half.</exception>
    public static DuplexPipeStream Over(IDuplexPipe pipe, bool leaveOpen)
    {
        if (pipe.Input is not { } input) throw new ArgumentException("The pipe has no Input. A pipe of one direction becomes a stream by the AsStream of its PipeWriter.", nameof(pipe));
        if (pipe.Output is not { } output) throw new ArgumentException("The pipe has no Output. A pipe of one direction becomes a stream by the AsStream of its PipeReader.", nameof(pipe));
        return new DuplexPipeStream(pipe, input, output, leaveOpen);
    }

    public override bool CanRead => !IsDisposed;

    public override bool CanWrite => !IsDisposed;

    public override bool CanSeek => false;

    public override long Length => throw NotSeekable();

    public override long Position
    {
        get => throw NotSeekable();
        set => throw NotSeekable();
    }

    /// <summary>Another reader may hand its token to a stream that does not survive it.</summary>
    StreamTraits IOwnStream.Traits => _reads.IsOverKnownReader ? TraitsOverKnownPipe : TraitsOverAnyPipe;

    private bool IsDisposed => Volatile.Read(ref _closed) is not null;

    /// <summary>Half-close: the other side sees the end of what was written; reading continues. A pipe that stays open is flushed only.</summary>
    public ValueTask ShutdownWritesAsync() => _writes.CompleteAsync();

    /// <summary>Aborts the pipe, so that what is cut off does not look whole on the other side. The dispose follows.</summary>
    public void Abort()
    {
        if (_leaveOpen) return;
        _isAbortive = true;
        if (_pipe is IOwnConnection connection) connection.Abort();

        // A handshake with the first dispose, which publishes _closed by a compare-and-swap and then reads _isAbortive: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (IsDisposed) _writes.Abort();
    }

    string IOwnStream.Describe(EndPoint? local, EndPoint? remote) => TransportDescription.TextOrElse(ToString, otherwise: "Stream over a pipe");

    public override int Read(byte[] buffer, int offset, int count)
    {
        StreamArguments.Check(buffer, offset, count);
        return ReadSpan(buffer.AsSpan(offset, count));
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return ReadSpan(one) == 0 ? -1 : one[0];
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        StreamArguments.Check(buffer, offset, count);
        return ReadMemoryAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        StreamArguments.CheckCopy(destination, bufferSize);
        _writes.FlushPending();
        return _reads.CopyToAsync(destination, cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        StreamArguments.Check(buffer, offset, count);
        _writes.Write(buffer.AsSpan(offset, count));
    }

    public override void WriteByte(byte value) => _writes.Write([value]);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        StreamArguments.Check(buffer, offset, count);
        return _writes.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override void Flush() => _writes.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _writes.FlushAsync(cancellationToken).AsTask();

#if NET
    public override int Read(Span<byte> buffer) => ReadSpan(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ReadMemoryAsync(buffer, cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer) => _writes.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _writes.WriteAsync(buffer, cancellationToken);

    public override ValueTask DisposeAsync()
#else
    /// <summary>A stream of .NET Standard 2.0 has none to override: a caller that waits for the close asks for the interface.</summary>
    public ValueTask DisposeAsync()
#endif
    {
        GC.SuppressFinalize(this);
        return new ValueTask(TryClose(out Task closing) ? closing : _closed!);
    }

    public override long Seek(long offset, SeekOrigin origin) => throw NotSeekable();

    public override void SetLength(long value) => throw NotSeekable();

    /// <summary>For logs and debuggers.</summary>
    public override string ToString() => $"Stream over {_pipe}";

    protected override void Dispose(bool disposing)
    {
        // A blocking dispose starts the close of the pipe and leaves the wait to the pipe; what fails at once, it throws.
        if (disposing && TryClose(out Task closing) && closing.IsCompleted) closing.GetAwaiter().GetResult();

        base.Dispose(disposing);
    }

    private static NotSupportedException NotSeekable() => new("A pipe cannot be sought, and has no length.");

    private int ReadSpan(Span<byte> buffer)
    {
        _writes.FlushPending();
        return _reads.Read(buffer);
    }

    private ValueTask<int> ReadMemoryAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _writes.FlushPending();
        return _reads.ReadAsync(buffer, cancellationToken);
    }

    /// <summary>Starts the one close. Every call but the first finds it in <see cref="_closed"/>.</summary>
    private bool TryClose(out Task closing)
    {
        closing = Task.CompletedTask;
        if (IsDisposed) return false;
        TaskCompletionSource<Task> started = Background.NewSource<Task>();
        Task closed = started.Task.Unwrap();
        if (Interlocked.CompareExchange(ref _closed, closed, null) is not null) return false;
        ObservedTask.ObserveLater(closed);

        // After it has been published, since the close may run anything, and that may dispose the stream again.
        closing = CloseAsync();
        ObservedTask.ObserveLater(closing);
        started.SetResult(closing);
        return true;
    }

    private async Task CloseAsync()
    {
        try
        {
            if (_leaveOpen) await GiveBackAsync().ConfigureAwait(false);
            else if (_pipe is IOwnConnection connection) await CloseAsync(connection).ConfigureAwait(false);
            else await ClosePipeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (StreamErrors.IsForeign(e))
        {
            throw StreamErrors.Translate(e);
        }
    }

    private async Task GiveBackAsync()
    {
        Task reading = _reads.CloseAndGiveBackAsync();
        try
        {
            await _writes.DisposeAsync(_isAbortive).ConfigureAwait(false);
        }
        finally
        {
            await reading.ConfigureAwait(false);
        }
    }

    /// <summary>A connection ends what is pending in it, and keeps memory that is in use, so nothing has to be waited for.</summary>
    private async Task CloseAsync(IOwnConnection connection)
    {
        _reads.Close(completeReader: null);
        try
        {
            await _writes.DisposeAsync(_isAbortive).ConfigureAwait(false);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ClosePipeAsync()
    {
        bool isReaderFree = _reads.Close(CompleteInputAsync);

        // Both halves are completed, even if something throws on the way.
        try
        {
            await _writes.DisposeAsync(_isAbortive).ConfigureAwait(false);
        }
        finally
        {
            try
            {
                if (isReaderFree) await CompleteInputAsync().ConfigureAwait(false);
            }
            finally
            {
                await _output.CompleteAsync(CloseCause()).ConfigureAwait(false);
            }
        }
    }

    private Task CompleteInputAsync() => _input.CompleteAsync(CloseCause()).AsTask();

    private IOException? CloseCause() => _isAbortive ? new IOException("The stream over the pipe was aborted.") : null;
}
