using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>The sockets of a client of HTTP, so that it can vanish without a word.</summary>
internal sealed class TrackedSockets(IPEndPoint endPoint)
{
    private readonly ConcurrentQueue<Socket> _sockets = new();

    public SocketsHttpHandler CreateHandler() => new()
    {
        SslOptions = TestCertificates.ClientOptions(),
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _sockets.Enqueue(socket);
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Without a word.</summary>
    public void Vanish(Way way)
    {
        foreach (Socket socket in _sockets)
        {
            if (way == Way.Reset) ResetOnClose(socket);
            socket.Dispose();
        }
    }

    private static void ResetOnClose(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (ObjectDisposedException)
        {
            // The client has closed this one itself.
        }
    }
}
