using System.Net;

namespace StreamPipes.Transports;

/// <summary>What the library's own streams can do for the transport that stands on one, beyond what every <see cref="Stream"/> can.</summary>
internal interface IOwnStream
{
    StreamTraits Traits { get; }

    /// <summary>Names what the stream stands on, for logs and debuggers. It never throws.</summary>
    /// <param name="local">The address of the socket under it, if there is one.</param>
    /// <param name="remote">That of the peer.</param>
    string Describe(EndPoint? local, EndPoint? remote);

    /// <summary>Half-closes: the other side sees the end of what was written, and reading continues.</summary>
    ValueTask ShutdownWritesAsync();

    /// <summary>Ends what is under the stream abortively, so that what is cut off does not look whole on the other side. The dispose follows.</summary>
    void Abort();
}
