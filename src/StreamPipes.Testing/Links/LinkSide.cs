using StreamPipes.Testing.Running;

namespace StreamPipes.Testing.Links;

/// <summary>One side of a connection: its two operations that may wait, and how it has ended.</summary>
internal sealed class LinkSide
{
    private readonly RunLoop _loop;
    private readonly SeededRandom _random;
    private readonly VirtualLink _link;
    private Memory<byte> _readDestination;
    private ReadOnlyMemory<byte> _writeRest;
    private bool _wasReset;

    public LinkSide(RunLoop loop, SeededRandom random, VirtualLink link, string name)
    {
        _loop = loop;
        _random = random;
        _link = link;
        Name = name;
        PendingRead = new PendingTransfer(loop, TryRead);
        PendingWrite = new PendingTransfer(loop, TryWrite);
    }

    public string Name { get; }

    public PendingTransfer PendingRead { get; }

    public PendingTransfer PendingWrite { get; }

    public LinkDirection Incoming { get; set; } = null!;

    public LinkDirection Outgoing { get; set; } = null!;

    public bool IsDisposed { get; private set; }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _loop.ThrowIfElsewhere("VirtualStream.ReadAsync");
        if (PendingRead.IsPending) throw new InvalidOperationException("A read is pending already: one read at a time.");
        if (cancellationToken.IsCancellationRequested) return new ValueTask<int>(Task.FromCanceled<int>(cancellationToken));
        _readDestination = buffer;
        bool isReady = Incoming.Readable > 0 || Incoming.HasEndArrived || _wasReset || IsDisposed;
        if (isReady && !_random.Chance(_link.Options.WaitProbability) && TryRead(out int count)) return new ValueTask<int>(count);
        return new ValueTask<int>(PendingRead, PendingRead.Begin(isReady, cancellationToken));
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        _loop.ThrowIfElsewhere("VirtualStream.WriteAsync");
        if (PendingWrite.IsPending) throw new InvalidOperationException("A write is pending already: one write at a time.");
        if (cancellationToken.IsCancellationRequested) return new ValueTask(Task.FromCanceled(cancellationToken));
        if (Outgoing.IsEnded && !IsDisposed) throw new InvalidOperationException("The output of this side has been ended.");
        _writeRest = buffer;
        bool isDone = TryWrite(out _);
        if (isDone && !_random.Chance(_link.Options.WaitProbability)) return default;
        return new ValueTask(PendingWrite, PendingWrite.Begin(isReady: isDone, cancellationToken));
    }

    public void Dispose()
    {
        if (IsDisposed) return;
        _loop.ThrowIfElsewhere("VirtualStream.Dispose");
        IsDisposed = true;
        _link.Note(LinkEvent.Disposed, this);
        PendingRead.Signal();
        PendingWrite.Signal();

        // As a socket does it: what was received and not read turns the close into a reset.
        if (Incoming.Readable > 0) _link.ResetBy(this);
        else Outgoing.End();
    }

    /// <summary>The reset has reached this side.</summary>
    public void NoteReset()
    {
        if (_wasReset) return;
        _wasReset = true;
        if (!IsDisposed) _link.Note(LinkEvent.Reset, this);
        PendingRead.Signal();
        PendingWrite.Signal();
    }

    private static ObjectDisposedException Disposed() => new(nameof(VirtualStream));

    private bool TryRead(out int count)
    {
        ThrowIfEnded();
        count = 0;
        if (Incoming.Readable == 0) return Incoming.HasEndArrived;
        if (!_readDestination.IsEmpty) count = Incoming.ReadInto(_readDestination.Span);
        return true;
    }

    private bool TryWrite(out int count)
    {
        ThrowIfEnded();
        count = 0;
        if (!_writeRest.IsEmpty) _writeRest = _writeRest.Slice(Outgoing.Send(_writeRest.Span));
        return _writeRest.IsEmpty;
    }

    private void ThrowIfEnded()
    {
        if (IsDisposed) throw Disposed();
        if (_wasReset) throw VirtualLink.ResetError();
    }
}
