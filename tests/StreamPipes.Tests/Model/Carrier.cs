namespace StreamPipes.Tests.Model;

/// <summary>What carries the bytes of a program.</summary>
internal enum Carrier
{
    /// <summary>An unknown stream that reads and writes in pieces of random sizes and can be made to fail.</summary>
    Chunks,

    /// <summary>The streams of an in-memory pair.</summary>
    AsStream,

    /// <summary>The streams of an in-memory pair, in pieces of random sizes, able to fail.</summary>
    AsStreamInChunks,
    UnixSocket,
    TcpSocket,
}
