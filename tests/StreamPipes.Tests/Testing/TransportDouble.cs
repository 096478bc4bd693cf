using System.Buffers;
using StreamPipes.Transports;

namespace StreamPipes.Tests.Testing;

/// <summary>A transport over a <see cref="ScriptedStream"/> that has the traits it is told to have, and notes what is asked of it.</summary>
internal sealed class TransportDouble(ScriptedStream stream) : Transport
{
    private readonly TaskCompletionSource _halfClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reset = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closedBelow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _inputClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _sync = new();
    private Task? _closed;
    private int _reads;
    private int _resets;

    /// <summary>Ends when the half-close has been asked for.</summary>
    public Task HalfClosed => _halfClosed.Task;

    /// <summary>Ends when an abortive end has been asked for.</summary>
    public Task WasReset => _reset.Task;

    public Task InputClosed => _inputClosed.Task;

    public int Resets => Volatile.Read(ref _resets);

    /// <summary>Whether a read was pending when the half-close came.</summary>
    public bool? HalfClosedBesideARead { get; private set; }

    public bool IsReleased { get; private set; }

    /// <summary>Where reads come from, if not from the stream.</summary>
    public HandedOperations? Reads { get; init; }

    /// <summary>Where writes go, if not to the stream.</summary>
    public HandedOperations? Writes { get; init; }

    /// <summary>What happens in each write, before it.</summary>
    public Action OnWrite { get; init; } = static () => { };

    /// <summary>What happens in the half-close.</summary>
    public Action OnHalfClose { get; init; } = static () => { };

    /// <summary>When the half-close ends.</summary>
    public Task HalfCloseEnds { get; init; } = Task.CompletedTask;

    /// <summary>What happens when the transport is reset.</summary>
    public Action OnReset { get; init; } = static () => { };

    /// <summary>What happens when what is under the stream is closed, where there is something.</summary>
    public Action? OnCloseBelow { get; init; }

    public override bool OwnsWhatIsBelow => OnCloseBelow is not null;

    /// <summary>Ends when what is under the stream has been closed.</summary>
    public Task ClosedBelow => _closedBelow.Task;

    /// <summary>What a detach throws.</summary>
    public Exception? DetachError { get; init; }

    public bool PeerHasEverything { get; set; }

    public bool Lingers { get; init; }

    public bool IsQuietlyDisposed { get; init; }

    public bool IsQuietlyHalfClosed { get; init; }

    public bool HasInputOfItsOwn { get; init; }

    public bool LendsThreads { get; init; }

    public bool HasEmptyReads { get; init; }

    public bool AllowsCanceledReads { get; init; } = true;

    public override bool HasInput => true;

    public override bool HasOutput => true;

    public override bool WaitsOnEmptyReads => HasEmptyReads;

    public override bool NeverBlocks => LendsThreads;

    /// <summary>Whether code of others may run below a write, as below that of a pipe.</summary>
    public bool IsOverPipe { get; init; }

    public override bool WritesToKernel => LendsThreads && !IsOverPipe;

    public bool LeavesReadsBehind { get; init; }

    public override bool SurvivesCanceledRead => AllowsCanceledReads;

    public override bool AbandonsReads => LeavesReadsBehind;

    public override bool HasSeparateInput => HasInputOfItsOwn;

    public override bool ShutdownNeedsQuietReads => IsQuietlyHalfClosed;

    public override bool LingersAfterShutdown => Lingers;

    public override bool IsEverythingDelivered => PeerHasEverything;

    public override int BatchSize => 4096;

    public override bool DisposeNeedsQuiet => IsQuietlyDisposed;

    public override bool MayReadBlocking => false;

    public override bool CanDetach => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        Reads is null ? ReadStreamAsync(buffer, cancellationToken) : Reads.Begin(buffer.Length, cancellationToken).AsRead();

    public override ValueTask WriteAsync(in ReadOnlySequence<byte> batch, CancellationToken cancellationToken)
    {
        OnWrite();
        return Writes is null ? stream.WriteAsync(batch.ToArray(), cancellationToken) : Writes.Begin((int)batch.Length, cancellationToken).AsWrite();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => stream.FlushAsync(cancellationToken);

    public override void WaitForInput(CancellationToken cancellationToken) => throw Blocking();

    public override int Read(Memory<byte> buffer) => throw Blocking();

    public override void Write(in ReadOnlySequence<byte> batch) => throw Blocking();

    public override void Flush() => throw Blocking();

    public override ValueTask ShutdownWritesAsync()
    {
        HalfClosedBesideARead = Volatile.Read(ref _reads) != 0;
        _halfClosed.TrySetResult();
        OnHalfClose();
        return new ValueTask(HalfCloseEnds);
    }

    public override void Reset()
    {
        Interlocked.Increment(ref _resets);
        _reset.TrySetResult();
        OnReset();
    }

    public override Task CloseBelowAsync()
    {
        _closedBelow.TrySetResult();
        OnCloseBelow?.Invoke();
        return Task.CompletedTask;
    }

    public override Task CloseInputAsync()
    {
        _inputClosed.TrySetResult();
        return Task.CompletedTask;
    }

    public override Task CloseAsync()
    {
        lock (_sync) return _closed ??= stream.DisposeAsync().AsTask();
    }

    public override Stream Detach() => DetachError is null ? stream : throw DetachError;

    public override void ReleaseTransport() => IsReleased = true;

    public override void ReleaseWriteMemory()
    {
        // It holds none.
    }

    private async ValueTask<int> ReadStreamAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _reads);
        }
    }

    private static NotSupportedException Blocking() => new("The double has no blocking calls.");
}
