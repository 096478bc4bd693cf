using System.IO.Pipelines;
using StreamPipes.Scheduling;

namespace StreamPipes.Receiving;

/// <summary>A read that waits for bytes, or the end.</summary>
internal sealed class PendingRead : PendingOperation<ReadResult>
{
    private readonly ConnectionReader _reader;
    private long _minimum;

    public PendingRead(ConnectionReader reader, PipeScheduler? scheduler, bool useSynchronizationContext)
        : base(scheduler, useSynchronizationContext) => _reader = reader;

    /// <summary>A read that is not awaited may have been given bytes.</summary>
    protected override bool MayBeDropped => false;

    protected override bool IsOver => _reader.HasNews(_minimum);

    /// <summary>Reader: whether no other read is pending; if so, what follows is <see cref="Begin"/>.</summary>
    /// <param name="minimum">How many bytes the read waits for.</param>
    public bool TryReserve(long minimum)
    {
        if (!TryReserve()) return false;
        _minimum = minimum;
        return true;
    }

    /// <inheritdoc cref="PendingOperation{T}.Begin"/>
    public new bool Begin(CancellationToken cancellationToken, out ValueTask<ReadResult> task) => base.Begin(cancellationToken, out task);

    protected override ReadResult MakeResult() => _reader.MakeResult(_minimum);
}
