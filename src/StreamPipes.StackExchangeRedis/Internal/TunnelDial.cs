using System.Net;
using System.Net.Sockets;
using RESPite.Transports;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace StreamPipes.StackExchangeRedis.Internal;

/// <summary>Connects by way of the tunnel that the configuration had before: it names the address, prepares the socket, and may put a stream over it.</summary>
internal sealed class TunnelDial(Tunnel tunnel, ConnectionSettings settings, EndPoint endPoint, ConnectionType connectionType)
{
    public async ValueTask<PipeConnection> ConnectAsync(TlsOptions tls, CancellationToken cancellationToken)
    {
        if (await tunnel.ConnectTransportAsync(endPoint, connectionType, tls, cancellationToken).ConfigureAwait(false) is { } transport) throw await RefuseAsync(transport).ConfigureAwait(false);
        EndPoint? address = await tunnel.GetSocketConnectEndpointAsync(endPoint, cancellationToken).ConfigureAwait(false);
        Socket? socket = address is null ? null : await ConnectAsync(address, cancellationToken).ConfigureAwait(false);
        Stream? stream = null;
        try
        {
            stream = await tunnel.BeforeAuthenticateAsync(endPoint, connectionType, socket, cancellationToken).ConfigureAwait(false);
            if (stream is null && socket is null) throw new InvalidOperationException($"The tunnel {tunnel} gives neither an address to connect to nor a stream.");
            PipeConnection connection = tls.IsEnabled
                ? await DirectDial.AuthenticateAsync(stream ?? new NetworkStream(socket!, ownsSocket: true), endPoint, tls, settings.Options, cancellationToken).ConfigureAwait(false)
                : stream is null ? SocketConnection.Create(socket!, settings.Options) : StreamConnection.Create(stream, settings.Options);
            if (stream is not null && socket is not null) _ = DisposeAfterAsync(connection, socket);
            return connection;
        }
        catch
        {
            stream?.Dispose();
            socket?.Dispose();
            throw;
        }
    }

    private async Task<Socket> ConnectAsync(EndPoint address, CancellationToken cancellationToken)
    {
        AddressFamily family = address.AddressFamily;
        ProtocolType protocol = family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        Socket socket = family == AddressFamily.Unspecified ? new Socket(SocketType.Stream, protocol) : new Socket(family, SocketType.Stream, protocol);
        try
        {
            if (family != AddressFamily.Unix) socket.NoDelay = true;
            settings.Configure(socket);
            await tunnel.BeforeSocketConnectAsync(endPoint, connectionType, socket, cancellationToken).ConfigureAwait(false);

            // A socket's own way to give up a connect is not in every target. Its dispose is.
            using (cancellationToken.Register(static socket => ((Socket)socket!).Dispose(), socket)) await socket.ConnectAsync(address).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return socket;
        }
        catch
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>A tunnel's stream need not own the socket that it was given.</summary>
    private static async Task DisposeAfterAsync(PipeConnection connection, Socket socket)
    {
        await Task.WhenAny(connection.Completion).ConfigureAwait(false);
        socket.Dispose();
    }

    private async Task<InvalidOperationException> RefuseAsync(DuplexTransport transport)
    {
        await transport.DisposeAsync().ConfigureAwait(false);
        return new InvalidOperationException($"The tunnel {tunnel} brings a transport of its own, and UseStreamPipes another one. Use one of them.");
    }
}
