namespace StreamPipes.PipeStreams;

/// <summary>What the holder of a <see cref="WriterTurn"/> does with the writer, as far as a dispose has to know.</summary>
internal enum WriterUse
{
    /// <summary>A flush that must not be cancelled: it may have sent half of its bytes.</summary>
    Flush = 0,

    /// <summary>A write or a flush that a dispose may cancel.</summary>
    CancellableFlush = 1 << 1,

    /// <summary>The half-close. It may last as long as the peer likes, and nothing comes after it.</summary>
    Completion = 1 << 2,
}
