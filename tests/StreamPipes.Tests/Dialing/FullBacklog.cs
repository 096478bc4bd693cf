using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Dialing;

/// <summary>An address at which nothing answers: a listener whose queue is full, so that the system drops what else comes, as a router in a black hole does.</summary>
internal sealed class FullBacklog : IDisposable
{
    private readonly Socket _listener;
    private readonly List<Socket> _clients = [];

    private FullBacklog(IPEndPoint endPoint)
    {
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(endPoint);
        _listener.Listen(0);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    public static async Task<FullBacklog> AtAsync(IPAddress address, int port = 0)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a full queue is refused at once, or every address of 127.0.0.0/8 has to be set up first.");
        FullBacklog full = new(new IPEndPoint(address, port));
        await full.ConnectAsync().Guarded();

        // Linux takes one more than it was asked to. It is left to itself if it does not come through.
        _ = Thrown.ByAsync(full.ConnectAsync);
        return full;
    }

    public void Dispose()
    {
        foreach (Socket client in _clients) client.Dispose();
        _listener.Dispose();
    }

    private Task ConnectAsync()
    {
        Socket client = new(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(client);
        return client.ConnectAsync(EndPoint);
    }
}
