namespace StreamPipes.Tests.Faults;

/// <summary>The calls of a stream that can be made to go wrong.</summary>
public enum FaultOperation
{
    /// <summary>A read into an empty buffer.</summary>
    ZeroByteRead,
    Read,
    Write,
    Flush,

    /// <summary>Of a connection over two streams: the dispose of the one that is written.</summary>
    HalfClose,
    Dispose,
}
