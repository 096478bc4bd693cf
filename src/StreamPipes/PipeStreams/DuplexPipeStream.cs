using System.IO.Pipelines;
using StreamPipes.Common;
using StreamPipes.Connection;
using StreamPipes.Transports;

namespace StreamPipes.PipeStreams;

/// <summary>A duplex pipe as a <see cref="Stream"/>.</summary>
internal sealed class DuplexPipeStream : Stream, IAsyncDisposable, IOwnStream
{
    private static readonly StreamTraits OwnTraits = new()
    {
        WaitsOnEmptyReads = true,
        NeverBlocks = true,
        ReadsIntoSpans = true,
        SurvivesCanceledRead = true,
        HasHalfClose = true,
        HoldsBytes = true,
    };

    private readonly IDuplexPipe _pipe;
    private readonly bool _leaveOpen;
    private readonly PipeStreamReads _reads;
    private readonly PipeStreamWrites _writes;
    private volatile bool _isAbortive;
    private int _disposed;

    public DuplexPipeStream(IDuplexPipe pipe, bool leaveOpen)
    {
        _pipe = pipe;
        _leaveOpen = leaveOpen;
        _reads = new PipeStreamReads(pipe.Input);
        _writes = new PipeStreamWrites(pipe.Output);
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

    StreamTraits IOwnStream.Traits => OwnTraits;

    string IOwnStream.Description => TransportDescription.TextOrElse(ToString, otherwise: "Stream over a pipe");

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public static ObjectDisposedException Disposed() => new(nameof(Stream));

    /// <summary>Half-close: the other side sees the end of what was written; reading goes on.</summary>
    public ValueTask ShutdownWritesAsync() => _writes.CompleteAsync();

    /// <summary>Aborts the pipe, so that what is cut off does not look whole on the other side. The dispose follows.</summary>
    public void Abort()
    {
        if (_leaveOpen) return;
        _isAbortive = true;
        if (_pipe is IOwnConnection connection) connection.Abort();

        // Before the look, and the other way round where it is disposed.
        Interlocked.MemoryBarrier();
        if (IsDisposed) _writes.Abort();
    }

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
        _writes.FlushGathered();
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
    /// <summary>A stream of .NET Standard 2.0 has none to override: whoever wants the close waited for asks for the interface.</summary>
    public ValueTask DisposeAsync()
#endif
    {
        GC.SuppressFinalize(this);
        return Interlocked.Exchange(ref _disposed, 1) == 1 ? default : new ValueTask(CloseAsync());
    }

    public override long Seek(long offset, SeekOrigin origin) => throw NotSeekable();

    public override void SetLength(long value) => throw NotSeekable();

    /// <summary>For whoever debugs.</summary>
    public override string ToString() => $"Stream over {_pipe}";

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            // A blocking dispose starts the close of the pipe and leaves the wait to the pipe; what fails at once, it throws.
            Task closed = CloseAsync();
            ObservedTask.ObserveLater(closed);
            if (closed.IsFaulted) closed.GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private static NotSupportedException NotSeekable() => new("A pipe cannot be sought, and has no length.");

    private int ReadSpan(Span<byte> buffer)
    {
        _writes.FlushGathered();
        return _reads.Read(buffer);
    }

    private ValueTask<int> ReadMemoryAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _writes.FlushGathered();
        return _reads.ReadAsync(buffer, cancellationToken);
    }

    private async Task CloseAsync()
    {
        Task reading = _reads.DisposeAsync(_leaveOpen);
        await _writes.DisposeAsync(_leaveOpen, _isAbortive).ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        if (_leaveOpen) return;
        if (_pipe is IOwnConnection connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            return;
        }

        // Both halves are let go, even if the first throws.
        Exception? cause = _isAbortive ? new IOException("The stream over the pipe was aborted.") : null;
        try
        {
            await _pipe.Input.CompleteAsync(cause).ConfigureAwait(false);
        }
        finally
        {
            await _pipe.Output.CompleteAsync(cause).ConfigureAwait(false);
        }
    }
}
