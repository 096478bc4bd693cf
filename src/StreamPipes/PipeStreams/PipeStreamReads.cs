using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Common;
using StreamPipes.Receiving;
#if NET
using System.Runtime.CompilerServices;
#else
using System.Runtime.InteropServices;
#endif

namespace StreamPipes.PipeStreams;

/// <summary>The reading half of a <see cref="DuplexPipeStream"/>.</summary>
internal sealed class PipeStreamReads : ResultRelay<ReadResult, int>
{
    private static readonly Type PipesReader = new Pipe().Reader.GetType();

    private readonly PipeReader _reader;
    private readonly bool _isKnown;
    private Memory<byte> _buffer;
    private bool _hasEnded;
    private bool _leaveOpen;
    private bool _wasCanceled;
    private volatile bool _isCopying;
    private int _copyReads;
    private TaskCompletionSource<bool>? _over;
    private volatile bool _disposed;

    public PipeStreamReads(PipeReader reader)
        : base(useSynchronizationContext: true)
    {
        _reader = reader;

        // These give nothing only at the end, and a cancellation ends their reads.
        _isKnown = reader is ConnectionReader || reader.GetType() == PipesReader;
    }

    /// <summary>An empty buffer waits for data, or the end, and takes none.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return ObservedTask.Create<int>(refusal);
        if (_hasEnded) return new ValueTask<int>(0);
        _buffer = buffer;
        try
        {
            return Relay(_isKnown ? _reader.ReadAsync(cancellationToken) : ReadSomethingAsync(cancellationToken));
        }
        catch (Exception e)
        {
            return ObservedTask.Create<int>(Translate(e));
        }
    }

    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (Refusal() is { } refusal) throw refusal;
            if (_hasEnded) return 0;
            if (_reader.TryRead(out ReadResult result))
            {
                if (!IsNothing(result)) return Take(result, buffer);
                _reader.AdvanceTo(result.Buffer.End);
            }

            // The span cannot wait, so that the wait is an empty read; a stream's blocking read has to block.
            ValueTask<int> data = ReadAsync(Memory<byte>.Empty, CancellationToken.None);
            if (!data.IsCompletedSuccessfully) data.AsTask().GetAwaiter().GetResult();
        }
    }

    public Task CopyToAsync(Stream destination, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal) return ObservedTask.Create<int>(refusal).AsTask();
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        if (_hasEnded) return Task.CompletedTask;
        _isCopying = true;
        return CopyAsync(destination, cancellationToken);
    }

    /// <summary>Ends a pending read; the pipe is the stream's to complete.</summary>
    /// <param name="leaveOpen">Whether the reader goes on without the stream, and must not find a cancellation that was not meant for it.</param>
    /// <returns>Once a reader that goes on has been given back, if a cancellation is sure to end the read.</returns>
    public Task DisposeAsync(bool leaveOpen)
    {
        TaskCompletionSource<bool> over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _leaveOpen = leaveOpen;
        _over = over;
        _disposed = true;
        Interlocked.MemoryBarrier();
        bool isReading = IsPending || Volatile.Read(ref _copyReads) != 0;
        if (!leaveOpen || isReading) _reader.CancelPendingRead();
        return leaveOpen && isReading && _isKnown ? GiveBackAsync(over.Task) : Task.CompletedTask;
    }

    protected override int Look(ReadResult result) => Take(result, _buffer.Span);

    protected override Exception Translate(Exception error) => _disposed ? DuplexPipeStream.Disposed() : error;

    protected override void OnOver()
    {
        _buffer = default;
        NoteOver();
    }

    private static bool IsNothing(in ReadResult result) => result.Buffer.IsEmpty && !result.IsCompleted && !result.IsCanceled;

    private static OperationCanceledException Canceled() => new("The read was cancelled by CancelPendingRead of the pipe under the stream.");

#if NET
    private static ValueTask WriteAsync(Stream destination, ReadOnlyMemory<byte> memory, CancellationToken cancellationToken) =>
        destination.WriteAsync(memory, cancellationToken);
#else
    private static Task WriteAsync(Stream destination, ReadOnlyMemory<byte> memory, CancellationToken cancellationToken)
    {
        if (!MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment)) segment = new ArraySegment<byte>(memory.ToArray());
        return destination.WriteAsync(segment.Array!, segment.Offset, segment.Count, cancellationToken);
    }
#endif

    /// <summary>A reader may give nothing without having ended, which a stream cannot say.</summary>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<ReadResult> ReadSomethingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (_disposed || !IsNothing(result)) return result;
            _reader.AdvanceTo(result.Buffer.End);
        }
    }

    private async Task CopyAsync(Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            while (!_hasEnded)
            {
                // Before the look, and the other way round where it is disposed: one of the two sees the other.
                Interlocked.Exchange(ref _copyReads, 1);
                if (_disposed) throw DuplexPipeStream.Disposed();
                ReadResult result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                await CopyAsync(result, destination, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception) when (_disposed)
        {
            throw DuplexPipeStream.Disposed();
        }
        finally
        {
            Volatile.Write(ref _copyReads, 0);
            _isCopying = false;
            NoteOver();
        }
    }

    /// <summary>What the destination has taken is consumed, whatever becomes of the rest.</summary>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
#endif
    private async ValueTask CopyAsync(ReadResult result, Stream destination, CancellationToken cancellationToken)
    {
        ReadOnlySequence<byte> ready = result.Buffer;
        SequencePosition consumed = ready.Start;
        try
        {
            _wasCanceled = result.IsCanceled;
            Interlocked.Exchange(ref _copyReads, 0);
            if (_disposed) throw DuplexPipeStream.Disposed();
            if (result.IsCanceled) throw Canceled();
            SequencePosition next = consumed;
            while (ready.TryGet(ref next, out ReadOnlyMemory<byte> memory))
            {
                if (memory.IsEmpty) continue;
                await WriteAsync(destination, memory, cancellationToken).ConfigureAwait(false);
                consumed = ready.GetPosition(memory.Length, consumed);
                if (_disposed) throw DuplexPipeStream.Disposed();
            }

            consumed = ready.End;
            _hasEnded = result.IsCompleted;
        }
        finally
        {
            if (!_disposed || _leaveOpen) _reader.AdvanceTo(consumed);
        }
    }

    /// <summary>A cancellation that came too late for the read it was meant for is not left to the owner of the reader.</summary>
    private async Task GiveBackAsync(Task over)
    {
        await over.ConfigureAwait(false);
        try
        {
            if (!_wasCanceled && _reader.TryRead(out ReadResult result)) _reader.AdvanceTo(result.Buffer.Start);
        }
        catch (Exception)
        {
            // What is wrong with the reader, it tells its owner.
        }
    }

    private void NoteOver()
    {
        Interlocked.MemoryBarrier();
        if (_disposed) _over!.TrySetResult(true);
    }

    private int Take(in ReadResult result, Span<byte> buffer)
    {
        ReadOnlySequence<byte> ready = result.Buffer;
        _wasCanceled = result.IsCanceled;
        if (_disposed)
        {
            if (_leaveOpen) _reader.AdvanceTo(ready.Start);
            throw DuplexPipeStream.Disposed();
        }

        if (result.IsCanceled)
        {
            _reader.AdvanceTo(ready.Start);
            throw Canceled();
        }

        // Not every reader goes on telling it (dotnet/runtime#118041).
        _hasEnded = result.IsCompleted && ready.IsEmpty;
        int count = (int)Math.Min(ready.Length, buffer.Length);
        SequencePosition end = ready.GetPosition(count);
        ready.Slice(0, end).CopyTo(buffer);
        _reader.AdvanceTo(end);
        return count;
    }

    private Exception? Refusal()
    {
        if (_disposed) return DuplexPipeStream.Disposed();
        return IsPending || _isCopying ? new InvalidOperationException("A read of the stream is already pending: await it before the next, one reader at a time.") : null;
    }
}
