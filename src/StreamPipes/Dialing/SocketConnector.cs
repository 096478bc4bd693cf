using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Dialing;

/// <summary>The network of the machine.</summary>
internal sealed class SocketConnector : Connector
{
    private readonly Action<Socket>? _configure;

    public SocketConnector(Action<Socket>? configure) => _configure = configure;

    public override Task<IPAddress[]> ResolveAsync(DnsEndPoint name, CancellationToken cancellationToken) =>
        Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, cancellationToken);

    public override async Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        Socket socket = Create(endPoint.AddressFamily);
        try
        {
            _configure?.Invoke(socket);
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Create(AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },

        // Of both families, since the address may be an IPv4 one that is mapped: that is how a socket of both families reports its own.
        AddressFamily.InterNetworkV6 => new Socket(family, SocketType.Stream, ProtocolType.Tcp) { DualMode = true, NoDelay = true },

        // An end point of a class of its own: of both families, where the machine has both.
        AddressFamily.Unspecified => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        _ => new Socket(family, SocketType.Stream, ProtocolType.Unspecified),
    };
}
