using System.IO.Pipelines;
using StreamPipes.Scheduling;

namespace StreamPipes.Receiving;

/// <summary>A read that waits for bytes, or the end.</summary>
internal sealed class PendingRead : PendingOperation<ReadResult>
{
    private readonly ConnectionReader _reader;

    public PendingRead(ConnectionReader reader, PipeScheduler? scheduler, bool useSynchronizationContext)
        : base(scheduler, useSynchronizationContext) => _reader = reader;

    protected override bool IsOver => _reader.HasNews;

    protected override ReadResult Take() => _reader.Take();
}
