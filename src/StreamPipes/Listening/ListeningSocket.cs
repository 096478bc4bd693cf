using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Listening;

/// <summary>A socket that listens.</summary>
internal sealed class ListeningSocket : IClientSource
{
    private readonly Socket _socket;

    private ListeningSocket(Socket socket)
    {
        _socket = socket;
        LocalEndPoint = socket.LocalEndPoint!;
    }

    public EndPoint LocalEndPoint { get; }

    public static ListeningSocket Open(EndPoint endPoint, int backlog, Action<Socket>? configure)
    {
        bool isIP = endPoint.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, isIP ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            // So that the address that stands for all of IPv6 stands for all of IPv4 too, as for every server.
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = true;
            configure?.Invoke(socket);
            socket.Bind(endPoint);
            socket.Listen(backlog);
            return new ListeningSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<Client> AcceptAsync() => new(await _socket.AcceptAsync().ConfigureAwait(false));

    public Task CloseAsync()
    {
        _socket.Dispose();
        return Task.CompletedTask;
    }
}
