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

/// <summary>The reading half of a <see cref="DuplexPipeStream"/>. One operation at a time: what it uses is the holder's of the turn.</summary>
internal sealed class PipeStreamReads : ResultRelay<ReadResult, int>
{
    private static readonly Type PipesReader = new Pipe().Reader.GetType();

    private readonly PipeReader _reader;
    private readonly bool _leaveOpen;
    private readonly ReaderTurn _turn = new();

    // The holder's of the turn.
    private Memory<byte> _buffer;
    private bool _hasEnded;
    private bool _wasCanceled;

    // The dispose writes them before it closes the turn, the holder reads them after it has found it closed.
    private TaskCompletionSource<bool>? _ended;
    private Func<Task>? _completeReader;

    public PipeStreamReads(PipeReader reader, bool leaveOpen)
        : base(useSynchronizationContext: true)
    {
        _reader = reader;
        _leaveOpen = leaveOpen;

        // These give nothing only at the end, and a cancellation ends their reads.
        IsOverKnownReader = reader is ConnectionReader || reader.GetType() == PipesReader;
    }

    /// <summary>Whether what is read is one of the library's own connections or a <see cref="Pipe"/>.</summary>
    public bool IsOverKnownReader { get; }

    /// <summary>An empty buffer waits for data, or the end, and takes none.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!TryBegin()) return ObservedTask.Create<int>(Refusal());
        if (_hasEnded)
        {
            EndOperation();
            return new ValueTask<int>(0);
        }

        return RelayOrFinish(StartReading(cancellationToken), buffer);
    }

    public int Read(Span<byte> buffer)
    {
        if (!TryBegin()) throw Refusal();
        try
        {
            while (!_hasEnded)
            {
                ReadResult result = ReadBlocking();
                if (!IsNothing(result)) return Take(result, buffer);
                _reader.AdvanceTo(result.Buffer.End);
            }

            return 0;
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }
        finally
        {
            EndOperation();
        }
    }

    public Task CopyToAsync(Stream destination, CancellationToken cancellationToken)
    {
        if (!TryBegin()) return ObservedTask.Create<int>(Refusal()).AsTask();
        if (!cancellationToken.IsCancellationRequested) return CopyAsync(destination, cancellationToken);
        EndOperation();
        return Task.FromCanceled(cancellationToken);
    }

    /// <summary>Ends a pending read of a pipe that the stream owns.</summary>
    /// <param name="completeReader">
    /// Completes the reader. That gives the pipe's memory back, so an operation that is at work on the memory calls it when it is done.
    /// <see langword="null"/> for a reader that keeps memory in use by itself.
    /// </param>
    /// <returns>Whether the caller completes the reader, since there is no such operation.</returns>
    public bool Close(Func<Task>? completeReader)
    {
        _completeReader = completeReader;
        ReaderUse use = _turn.Close();
        if (use == ReaderUse.Waiting) _reader.CancelPendingRead();
        return use is ReaderUse.None or ReaderUse.Waiting;
    }

    /// <summary>Ends a pending read of a pipe that stays open.</summary>
    /// <returns>
    /// When the owner of the pipe may use the reader. A read that a cancellation may not end is not waited for, nor is a copy whose destination
    /// is at work.
    /// </returns>
    public async Task CloseAndGiveBackAsync()
    {
        TaskCompletionSource<bool> ended = Background.NewSource<bool>();
        _ended = ended;
        ReaderUse use = _turn.Close();
        if (use == ReaderUse.Waiting) _reader.CancelPendingRead();
        if (use == ReaderUse.Taking || (use == ReaderUse.Waiting && IsOverKnownReader)) await ended.Task.ConfigureAwait(false);
        if (use != ReaderUse.Waiting || !IsOverKnownReader || _wasCanceled) return;
        try
        {
            // The cancellation came too late for the read that it was meant for, and is not left to the owner of the reader.
            if (_reader.TryRead(out ReadResult result)) _reader.AdvanceTo(result.Buffer.Start);
        }
        catch (Exception)
        {
            // What is wrong with the reader, it tells its owner.
        }
    }

    protected override int MakeResult(ReadResult result) => Take(result, _buffer.Span);

    protected override Exception TranslateError(Exception error) => _turn.IsClosed ? StreamErrors.Disposed() : StreamErrors.Translate(error);

    protected override void EndOperation()
    {
        _buffer = default;
        if (!_turn.Exit(out ReaderUse metBy)) return;
        _ended?.TrySetResult(true);
        if (metBy != ReaderUse.Waiting && _completeReader is { } completeReader) ObservedTask.ObserveLater(completeReader());
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

    private bool TryBegin()
    {
        if (!_turn.TryEnter()) return false;
        _wasCanceled = false;
        return true;
    }

    private Exception Refusal() => _turn.IsClosed
        ? StreamErrors.Disposed()
        : new InvalidOperationException("A read of the stream is already pending: await it before the next, one reader at a time.");

    private bool IsReplaced(Exception error) => _turn.IsClosed || StreamErrors.IsForeign(error);

    private ValueTask<ReadResult> StartReading(CancellationToken cancellationToken)
    {
        try
        {
            return IsOverKnownReader ? _reader.ReadAsync(cancellationToken) : ReadSomethingAsync(cancellationToken);
        }
        catch (Exception e)
        {
            return ObservedTask.Create<ReadResult>(e);
        }
    }

    /// <summary>Holder. A result that another caller has not taken yet keeps the relay from waiting for the next.</summary>
    private ValueTask<int> RelayOrFinish(ValueTask<ReadResult> read, Memory<byte> buffer)
    {
        if (!CanRelay(read)) return FinishAsync(read, buffer);
        _buffer = buffer;
        return Relay(read);
    }

    /// <summary>A reader may give nothing without having ended, which a stream cannot say.</summary>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<ReadResult> ReadSomethingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (_turn.IsClosed || !IsNothing(result)) return result;
            _reader.AdvanceTo(result.Buffer.End);
        }
    }

    /// <summary>A stream's blocking read has to block.</summary>
    private ReadResult ReadBlocking()
    {
        if (_reader.TryRead(out ReadResult result)) return result;
        ValueTask<ReadResult> read = _reader.ReadAsync();
        return read.IsCompleted ? read.GetAwaiter().GetResult() : read.AsTask().GetAwaiter().GetResult();
    }

    private async ValueTask<int> FinishAsync(ValueTask<ReadResult> read, Memory<byte> buffer)
    {
        try
        {
            return Take(await read.ConfigureAwait(false), buffer.Span);
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }
        finally
        {
            EndOperation();
        }
    }

    private int Take(in ReadResult result, Span<byte> buffer)
    {
        ReadOnlySequence<byte> ready = result.Buffer;
        _wasCanceled = result.IsCanceled;
        if (!_turn.TryHold(ReaderUse.Taking)) throw GiveBack(ready);
        if (result.IsCanceled)
        {
            _reader.AdvanceTo(ready.Start);
            throw Canceled();
        }

        // Not every reader keeps reporting it (dotnet/runtime#118041).
        _hasEnded = result.IsCompleted && ready.IsEmpty;
        int count = (int)Math.Min(ready.Length, buffer.Length);
        SequencePosition end = ready.GetPosition(count);
        ready.Slice(0, end).CopyTo(buffer);
        _reader.AdvanceTo(end);
        return count;
    }

    /// <summary>The turn was closed during the wait: the bytes are the owner's of the pipe, and those of a pipe that the stream owns may be gone.</summary>
    private ObjectDisposedException GiveBack(in ReadOnlySequence<byte> ready)
    {
        if (_leaveOpen) _reader.AdvanceTo(ready.Start);
        return StreamErrors.Disposed();
    }

    private async Task CopyAsync(Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            while (!_hasEnded)
            {
                ReadResult result = await ReadForCopyAsync(cancellationToken).ConfigureAwait(false);
                await LendAsync(result, destination, cancellationToken).ConfigureAwait(false);
                if (!_turn.TryResume()) throw StreamErrors.Disposed();
            }
        }
        catch (Exception) when (_turn.IsClosed)
        {
            throw StreamErrors.Disposed();
        }
        finally
        {
            EndOperation();
        }
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<ReadResult> ReadForCopyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsReplaced(e))
        {
            throw TranslateError(e);
        }
    }

    /// <summary>What the destination has taken is consumed, whatever becomes of the rest.</summary>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
#endif
    private async ValueTask LendAsync(ReadResult result, Stream destination, CancellationToken cancellationToken)
    {
        ReadOnlySequence<byte> ready = result.Buffer;
        SequencePosition consumed = ready.Start;
        _wasCanceled = result.IsCanceled;
        if (!_turn.TryHold(ReaderUse.Lending)) throw GiveBack(ready);
        try
        {
            if (result.IsCanceled) throw Canceled();
            SequencePosition next = consumed;
            while (ready.TryGet(ref next, out ReadOnlyMemory<byte> memory))
            {
                if (memory.IsEmpty) continue;
                await WriteAsync(destination, memory, cancellationToken).ConfigureAwait(false);
                consumed = ready.GetPosition(memory.Length, consumed);
                if (_turn.IsClosed) throw StreamErrors.Disposed();
            }

            consumed = ready.End;
            _hasEnded = result.IsCompleted;
        }
        finally
        {
            _reader.AdvanceTo(consumed);
        }
    }
}
