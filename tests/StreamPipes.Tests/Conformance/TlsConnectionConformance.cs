#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Conformance;

/// <summary>The suite over <see cref="TlsConnection"/>: a subclass does both handshakes over something of its own.</summary>
public abstract class TlsConnectionConformance : PipeConnectionConformance
{
    protected override string? LeaveOpenLeavesNoUse => "The session ends with the connection; only what carries it is left open.";

    private protected abstract Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions);

    private protected sealed override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null)
    {
        (PipeConnection client, PipeConnection server) = await AuthenticateAsync(clientOptions, serverOptions);
        return new ConnectedPair(client, server);
    }
}

/// <summary>TLS in one call over a socket's connection, which is detached.</summary>
public sealed class TlsOnSocketConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        return await TlsPair.OverSocketsAsync(clientOptions, serverOptions);
    }
}

/// <summary>TLS in one call over a socket's stream.</summary>
public sealed class TlsOnStreamConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        StreamPair tcp = await StreamPairs.TcpAsync();
        return await TlsPair.OverAsync(tcp.Client, tcp.Server, clientOptions, serverOptions);
    }
}

/// <summary>TLS in one call over a pipe that is not ours to detach.</summary>
public sealed class TlsOnInMemoryPairConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair();
        return await TlsPair.OverAsync(client, server, clientOptions, serverOptions);
    }
}

/// <summary>TLS in TLS.</summary>
public sealed class TlsOnTlsConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        (PipeConnection client, PipeConnection server) = await TlsPair.OverSocketsAsync();
        return await TlsPair.OverAsync(client, server, clientOptions, serverOptions);
    }
}

/// <summary>A socket to a pipe, to a stream, to a pipe, to a stream, and TLS on top.</summary>
public sealed class TlsOnTwoPipesConformance : TlsConnectionConformance
{
    private protected override async Task<(PipeConnection Client, PipeConnection Server)> AuthenticateAsync(PipeConnectionOptions? clientOptions, PipeConnectionOptions? serverOptions)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return await TlsPair.OverAsync(Twice(client), Twice(server), clientOptions, serverOptions);

        static Stream Twice(Socket socket) => StreamConnection.Create(SocketConnection.Create(socket).AsStream()).AsStream();
    }
}
#endif
