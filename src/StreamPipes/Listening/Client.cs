using System.Net;
using System.Net.Sockets;
using StreamPipes.Transports;

namespace StreamPipes.Listening;

/// <summary>What a listener has accepted and has made no connection of yet: a socket, or a stream.</summary>
internal sealed class Client : IDisposable
{
    private readonly Stream? _stream;

    public Client(Socket socket) => Socket = socket;

    public Client(Stream stream) => _stream = stream;

    /// <summary><see langword="null"/> for a stream.</summary>
    public Socket? Socket { get; }

    public EndPoint? Address => TransportDescription.RemoteEndPointOf(Socket ?? StreamTraits.Of(_stream!).Socket);

    /// <summary>The stream, or a new one that owns the socket.</summary>
    public Stream ToStream() => _stream ?? new NetworkStream(Socket!, ownsSocket: true);

    public void Dispose()
    {
        Socket?.Dispose();
        _stream?.Dispose();
    }
}
