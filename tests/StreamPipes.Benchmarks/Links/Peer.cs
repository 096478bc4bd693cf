using System.Net.Sockets;

namespace StreamPipes.Benchmarks.Links;

/// <summary>The other side of a link. It is always raw: a bare loop over the stream, the same for every contender.</summary>
internal abstract class Peer
{
    /// <summary>Takes the accepted socket, and with it the connection until the client closes it.</summary>
    public abstract void Start(Socket socket, bool tls);

    /// <summary>Whether an exception is only the way in which a contender left.</summary>
    protected static bool IsClosed(Exception exception) => exception is IOException or SocketException or ObjectDisposedException;
}
