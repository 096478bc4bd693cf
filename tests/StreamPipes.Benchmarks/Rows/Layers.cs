namespace StreamPipes.Benchmarks.Rows;

/// <summary>What a row's traffic goes through.</summary>
internal enum Layers
{
    /// <summary>The socket, by its <see cref="System.Net.Sockets.NetworkStream"/> or directly.</summary>
    Plain,

    /// <summary>TLS over that.</summary>
    Tls,

    /// <summary>The contender as a pipe over the transport, that pipe as a stream, TLS over it, and the contender once more on top.</summary>
    Stacked,
}
