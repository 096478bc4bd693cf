namespace StreamPipes.PipeStreams;

/// <summary>Where a <see cref="WriterTurn"/> asks for a flush in the background.</summary>
internal interface IFlushQueue
{
    /// <summary>Queues one call of <see cref="WriterTurn.TryEnterQueued"/>, and a flush if that enters. It runs nothing before it returns.</summary>
    void QueueFlush();
}
