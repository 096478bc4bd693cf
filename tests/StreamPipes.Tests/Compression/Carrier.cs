using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Compression;

/// <summary>What compressed bytes travel on.</summary>
public enum Carrier
{
    Socket,
    NetworkStream,
    PipesInMemory,
    PipesAsStreams,
    Tls,
}

internal static class CarrierExtensions
{
    public static async Task<(IDuplexPipe Client, IDuplexPipe Server)> ConnectAsync(this Carrier carrier)
    {
        switch (carrier)
        {
            case Carrier.Socket:
                (Socket client, Socket server) = await SocketPair.TcpAsync();
                return (SocketConnection.Create(client), SocketConnection.Create(server));
            case Carrier.NetworkStream:
                return Over(await StreamPairs.TcpAsync());
            case Carrier.PipesInMemory:
                return DuplexPipe.CreatePair();
            case Carrier.PipesAsStreams:
                return Over(StreamPairs.InMemory());
            default:
                return Over(await StreamPairs.TlsAsync());
        }
    }

    private static (IDuplexPipe Client, IDuplexPipe Server) Over(StreamPair streams) => (StreamConnection.Create(streams.Client), StreamConnection.Create(streams.Server));
}
