using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Testing;

/// <summary>Two connected sockets.</summary>
internal static class SocketPair
{
    public static Task<(Socket Client, Socket Server)> TcpAsync() => ConnectAsync(new IPEndPoint(IPAddress.Loopback, 0), ProtocolType.Tcp);

    public static async Task<(Socket Client, Socket Server)> UnixAsync()
    {
        string path = Path.Combine(Path.GetTempPath(), $"streampipes-{Guid.NewGuid():N}.sock");
        try
        {
            return await ConnectAsync(new UnixDomainSocketEndPoint(path), ProtocolType.Unspecified);
        }
        finally
        {
            // Connected sockets do not need their name any more.
            File.Delete(path);
        }
    }

    private static async Task<(Socket Client, Socket Server)> ConnectAsync(EndPoint endPoint, ProtocolType protocol)
    {
        using Socket listener = new(endPoint.AddressFamily, SocketType.Stream, protocol);
        listener.Bind(endPoint);
        listener.Listen(1);
        Socket client = new(endPoint.AddressFamily, SocketType.Stream, protocol);
        Task<Socket> accepting = listener.AcceptAsync();
        await client.ConnectAsync(listener.LocalEndPoint!).Guarded();
        Socket server = await accepting.Guarded();
        if (protocol == ProtocolType.Tcp) client.NoDelay = server.NoDelay = true;
        return (client, server);
    }
}
