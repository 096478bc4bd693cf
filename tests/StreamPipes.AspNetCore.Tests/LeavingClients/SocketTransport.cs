using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>A transport for Kestrel whose connections are the library's, over sockets or over streams.</summary>
internal sealed class SocketTransport(bool usesStreams) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new Listener(endpoint, usesStreams));

    private sealed class Listener : IConnectionListener
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly bool _usesStreams;

        public Listener(EndPoint endPoint, bool usesStreams)
        {
            _usesStreams = usesStreams;
            _socket.Bind(endPoint);
            _socket.Listen();
            EndPoint = _socket.LocalEndPoint!;
        }

        public EndPoint EndPoint { get; }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                Socket client = await _socket.AcceptAsync(cancellationToken);
                client.NoDelay = true;
                PipeConnection connection = _usesStreams ? StreamConnection.Create(new NetworkStream(client, ownsSocket: true)) : SocketConnection.Create(client);
                return new PipeConnectionContext(connection, EndPoint, client.RemoteEndPoint);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return null;
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => DisposeAsync();

        public ValueTask DisposeAsync()
        {
            _socket.Dispose();
            return default;
        }
    }
}
