using System.Buffers;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Transports;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A transport of which the scenario is the peer: it delivers bytes, ends, and sees what is written.</summary>
internal sealed class ScriptedTransport : Transport
{
    private readonly Queue<byte> _ready = new();
    private readonly List<byte> _written = [];
    private TaskCompletionSource<int>? _read;
    private Memory<byte> _buffer;
    private bool _hasEnded;
    private bool _isClosed;
    private bool _blocks;
    private int _readers;
    private int _writers;

    /// <param name="isKnown">Whether it is as a socket is: it never blocks, and an empty read waits.</param>
    public ScriptedTransport(bool isKnown)
    {
        NeverBlocks = isKnown;
        WaitsOnEmptyReads = isKnown;
    }

    /// <summary>What has been written, and a zero for the half-close.</summary>
    public IReadOnlyList<byte> Written => _written;

    /// <summary>How many bytes no read has taken yet.</summary>
    public int Unread => _ready.Count;

    /// <summary>Whether a read has returned the end.</summary>
    public bool HasToldEnd { get; private set; }

    public override bool HasInput => true;

    public override bool HasOutput => true;

    public override bool WaitsOnEmptyReads { get; }

    public override bool NeverBlocks { get; }

    public override bool WritesToKernel => NeverBlocks;

    public override bool SurvivesCanceledRead => true;

    public override bool HasSeparateInput => false;

    public override bool ShutdownNeedsQuietReads => false;

    public override bool LingersAfterShutdown => false;

    public override bool IsEverythingDelivered => true;

    public override int BatchSize => 4096;

    public override bool DisposeNeedsQuiet => false;

    public override bool MayReadBlocking => false;

    public override bool CanDetach => false;

    /// <summary>From now on a read blocks its thread until there is something.</summary>
    public void BlockReads() => _blocks = true;

    /// <summary>The peer's.</summary>
    public void Deliver(params ReadOnlySpan<byte> bytes)
    {
        Scenario.Step("delivers bytes");
        foreach (byte one in bytes) _ready.Enqueue(one);
        Answer();
    }

    /// <summary>The peer's.</summary>
    public void End()
    {
        Scenario.Step("ends");
        _hasEnded = true;
        Answer();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Scenario.Step("reads the transport");
        if (++_readers != 1) SimulatedFailure.Throw("two reads of the transport at a time");
        if (_blocks)
        {
            Scenario.BlockUntil(() => _ready.Count > 0 || _hasEnded || _isClosed, "bytes of the transport");
            Scenario.Step("has read the transport");
        }

        if (_isClosed) return Failed();
        if (_ready.Count > 0 || _hasEnded)
        {
            _readers--;
            return new ValueTask<int>(Take(buffer));
        }

        _buffer = buffer;
        TaskCompletionSource<int> read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _read = read;
        if (cancellationToken.CanBeCanceled) cancellationToken.Register(static state => ((ScriptedTransport)state!).CancelRead(), this);
        return new ValueTask<int>(read.Task);
    }

    public override ValueTask WriteAsync(in ReadOnlySequence<byte> batch, CancellationToken cancellationToken)
    {
        Scenario.Step("writes to the transport");
        if (++_writers != 1) SimulatedFailure.Throw("two writes of the transport at a time");
        foreach (byte one in batch.ToArray()) _written.Add(one);
        _writers--;
        return default;
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Scenario.Step("flushes the transport");
        if (_writers != 0) SimulatedFailure.Throw("a flush of the transport beside a write");
        return Task.CompletedTask;
    }

    public override void WaitForInput(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override int Read(Memory<byte> buffer) => throw new NotSupportedException();

    public override void Write(in ReadOnlySequence<byte> batch) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override ValueTask ShutdownWritesAsync()
    {
        Scenario.Step("half-closes the transport");
        _written.Add(0);
        return default;
    }

    public override void Reset()
    {
    }

    public override Task CloseInputAsync() => Task.CompletedTask;

    public override Task CloseAsync()
    {
        Scenario.Step("closes the transport");
        _isClosed = true;
        if (Interlocked.Exchange(ref _read, null) is { } read)
        {
            _readers--;
            read.TrySetException(new ObjectDisposedException("transport"));
        }

        return Task.CompletedTask;
    }

    public override Stream Detach() => throw new NotSupportedException();

    public override void ReleaseWriteMemory()
    {
    }

    private void CancelRead()
    {
        Scenario.Step("cancels a read of the transport");
        if (Interlocked.Exchange(ref _read, null) is not { } read) return;
        _readers--;
        read.TrySetException(new OperationCanceledException());
    }

    private ValueTask<int> Failed()
    {
        _readers--;
        return new ValueTask<int>(Task.FromException<int>(new ObjectDisposedException("transport")));
    }

    private void Answer()
    {
        if (Interlocked.Exchange(ref _read, null) is not { } read) return;
        _readers--;
        read.TrySetResult(Take(_buffer));
    }

    private int Take(Memory<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _ready.Count);
        HasToldEnd |= _hasEnded && _ready.Count == 0;
        for (int i = 0; i < count; i++) buffer.Span[i] = _ready.Dequeue();
        return count;
    }
}
