using System.IO.Pipelines;

namespace StreamPipes.Internal;

/// <summary>A read that waits for bytes, or the end.</summary>
internal sealed class ReadWait : Waiter<ReadResult>
{
    private readonly ConnectionReader _reader;

    public ReadWait(ConnectionReader reader, PipeScheduler? scheduler, bool useSynchronizationContext)
        : base(scheduler, useSynchronizationContext) => _reader = reader;

    protected override bool IsOver => _reader.HasNews;

    protected override ReadResult Take() => _reader.Take();
}
