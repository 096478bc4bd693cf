using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Benchmarks.Links;

/// <summary>Gives every connection from outside this process a peer of its own.</summary>
internal sealed class PeerServer : IDisposable
{
    private readonly Socket _listener = Link.Listen(backlog: 512);

    public PeerServer(Func<Peer> peer, bool tls) => _ = AcceptAsync(peer, tls);

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(Func<Peer> peer, bool tls)
    {
        try
        {
            while (true)
            {
                Socket accepted = await _listener.AcceptAsync();
                accepted.NoDelay = true;
                peer().Start(accepted, tls);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed: that is how it ends.
        }
    }
}
