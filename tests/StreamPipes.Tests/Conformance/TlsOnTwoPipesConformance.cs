#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;

namespace StreamPipes.Tests.Conformance;

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
