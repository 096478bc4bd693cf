using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Benchmarks.Links;

/// <summary>A connection over the loopback address to a raw peer: the client's end, which a contender is put on.</summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly bool _isComposed;

    private Link(Socket socket, Stream stream, bool isComposed)
    {
        Socket = socket;
        Stream = stream;
        _isComposed = isComposed;
    }

    public Socket Socket { get; }

    /// <summary>The <see cref="SslStream"/>, or without TLS the <see cref="NetworkStream"/>.</summary>
    public Stream Stream { get; }

    public bool IsTls => Stream is SslStream;

    /// <summary>Connects to a peer that is started for this one connection.</summary>
    public static async Task<Link> OpenAsync(Peer peer, bool tls)
    {
        Link link = await DialAsync(peer, tls);
        return tls ? await link.SecureAsync(link.Stream) : link;
    }

    /// <summary>Connects to a server.</summary>
    public static async Task<Link> OpenAsync(IPEndPoint server, bool tls)
    {
        Link link = await DialAsync(server);
        return tls ? await link.SecureAsync(link.Stream) : link;
    }

    /// <summary>Connects to a peer that is started for this one connection, and leaves a handshake to the caller.</summary>
    public static async Task<Link> DialAsync(Peer peer, bool tls)
    {
        using Socket listener = Listen();
        Link link = await DialAsync((IPEndPoint)listener.LocalEndPoint!);
        Socket accepted = await listener.AcceptAsync();
        accepted.NoDelay = true;
        peer.Start(accepted, tls);
        return link;
    }

    public static Socket Listen(int backlog = 16)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog);
        return listener;
    }

    private static async Task<Link> DialAsync(IPEndPoint endPoint)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        return new Link(socket, new NetworkStream(socket, ownsSocket: true), isComposed: false);
    }

    /// <summary>Does the client's handshake, over something that may have been put on the transport.</summary>
    public async Task<Link> SecureAsync(Stream transport)
    {
        SslStream tls = new(transport);
        await tls.AuthenticateAsClientAsync(LoopbackTls.Client);
        return new Link(Socket, tls, isComposed: transport != Stream);
    }

    /// <summary>The same link, with something on its stream.</summary>
    public Link Through(Stream stream) => new(Socket, stream, _isComposed);

    /// <summary>Closes in order, as a careful user of a raw stream does: half-close, read to the end, dispose.</summary>
    public async ValueTask CloseAsync()
    {
        await HalfCloseAsync();
        byte[] rest = ArrayPool<byte>.Shared.Rent(1);
        while (await Stream.ReadAsync(rest) > 0)
        {
            // Nothing is expected any more.
        }

        ArrayPool<byte>.Shared.Return(rest);
        await Stream.DisposeAsync();
    }

    public async ValueTask HalfCloseAsync()
    {
        if (Stream is SslStream tls) await tls.ShutdownAsync();

        // With pumps in between the last record may still be on its way to the socket.
        if (!_isComposed) Socket.Shutdown(SocketShutdown.Send);
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
