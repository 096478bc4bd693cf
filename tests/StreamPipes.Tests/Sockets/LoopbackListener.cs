using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>A listening socket on the loopback address, or in the folder of temporary files.</summary>
internal sealed class LoopbackListener : IDisposable
{
    private readonly Socket _socket;

    private LoopbackListener(EndPoint endPoint, int backlog, bool bothFamilies = false)
    {
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (bothFamilies) _socket.DualMode = true;
        _socket.Bind(endPoint);
        _socket.Listen(backlog);
    }

    public EndPoint EndPoint => _socket.LocalEndPoint!;

    public int Port => ((IPEndPoint)EndPoint).Port;

    public static LoopbackListener IPv4(int backlog = 100) => new(new IPEndPoint(IPAddress.Loopback, 0), backlog);

    public static LoopbackListener IPv6(int backlog = 100)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        return new LoopbackListener(new IPEndPoint(IPAddress.IPv6Loopback, 0), backlog);
    }

    /// <summary>On an IPv4 address, by a socket that could be on an IPv6 one: it reports the address mapped.</summary>
    public static LoopbackListener Both(int backlog = 100)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        return new LoopbackListener(new IPEndPoint(IPAddress.Loopback.MapToIPv6(), 0), backlog, bothFamilies: true);
    }

    public static LoopbackListener Unix(int backlog = 100) =>
        new(new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"streampipes-{Guid.NewGuid():N}.sock")), backlog);

    public static LoopbackListener Of(string family) => family switch
    {
        "IPv4" => IPv4(),
        "IPv6" => IPv6(),
        "both families" => Both(),
        _ => Unix(),
    };

    public Task<Socket> AcceptAsync() => _socket.AcceptAsync();

    /// <summary>Two plain sockets, connected through this listener.</summary>
    public async Task<(Socket Client, Socket Server)> ConnectPairAsync(Action<Socket>? configure = null)
    {
        Socket client = new(EndPoint.AddressFamily, SocketType.Stream, _socket.ProtocolType);
        configure?.Invoke(client);
        Task<Socket> accepting = AcceptAsync();
        await client.ConnectAsync(EndPoint).Guarded();
        Socket server = await accepting.Guarded();
        if (EndPoint is IPEndPoint) client.NoDelay = server.NoDelay = true;
        return (client, server);
    }

    public void Dispose()
    {
        string? path = EndPoint is UnixDomainSocketEndPoint unix ? unix.ToString() : null;
        _socket.Dispose();
        if (path is not null) File.Delete(path);
    }
}
