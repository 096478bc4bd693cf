using System.IO.Pipelines;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Testing;

/// <summary>Makes connected pairs of every kind of stream that the suites run over. Everything listens on loopback and is gone with the pair.</summary>
internal static class StreamPairs
{
    public static async Task<StreamPair> TcpAsync()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return Over(client, server);
    }

    public static async Task<StreamPair> UnixAsync()
    {
        (Socket client, Socket server) = await SocketPair.UnixAsync();
        return Over(client, server);
    }

    public static async Task<StreamPair> TlsAsync(SslProtocols protocols = SslProtocols.Tls13)
    {
        StreamPair tcp = await TcpAsync();
        return await TlsOverAsync(tcp.Client, tcp.Server, protocols);
    }

    public static async Task<StreamPair> NamedPipeAsync()
    {
        string name = $"streampipes-{Guid.NewGuid():N}";
        NamedPipeServerStream server = new(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, System.IO.Pipes.PipeOptions.Asynchronous);
        NamedPipeClientStream client = new(".", name, PipeDirection.InOut, System.IO.Pipes.PipeOptions.Asynchronous);
        await Task.WhenAll(server.WaitForConnectionAsync(), client.ConnectAsync()).Guarded();
        return new StreamPair(client, server);
    }

    /// <summary>The library's own in-memory pair, both ends as streams.</summary>
    public static StreamPair InMemory()
    {
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair();
        return new StreamPair(client.AsStream(), server.AsStream());
    }

    /// <summary>An in-memory pair of a kind the library does not know.</summary>
    public static StreamPair Unknown()
    {
        (MemoryDuplexStream client, MemoryDuplexStream server) = MemoryDuplexStream.CreatePair();
        return new StreamPair(client, server);
    }

    /// <summary>TLS over a pipe over a socket: the library below <see cref="SslStream"/>.</summary>
    public static async Task<StreamPair> TlsOverPipeAsync()
    {
        StreamPair tcp = await TcpAsync();
        return await TlsOverAsync(StreamConnection.Create(tcp.Client).AsStream(), StreamConnection.Create(tcp.Server).AsStream(), SslProtocols.Tls13);
    }

    /// <summary>A socket's stream, to a pipe and back to a stream, twice.</summary>
    public static async Task<StreamPair> StackedTwiceAsync()
    {
        StreamPair tcp = await TcpAsync();
        return new StreamPair(Twice(tcp.Client), Twice(tcp.Server));

        static Stream Twice(Stream stream) => StreamConnection.Create(StreamConnection.Create(stream).AsStream()).AsStream();
    }

    public static async Task<StreamPair> TlsOverAsync(Stream client, Stream server, SslProtocols protocols)
    {
        SslStream tlsClient = new(client);
        SslStream tlsServer = new(server);
        await Task.WhenAll(
            tlsClient.AuthenticateAsClientAsync(TestCertificates.ClientOptions(protocols)),
            tlsServer.AuthenticateAsServerAsync(TestCertificates.ServerOptions(protocols))).Guarded();
        return new StreamPair(tlsClient, tlsServer);
    }

    private static StreamPair Over(Socket client, Socket server) => new(new NetworkStream(client, ownsSocket: true), new NetworkStream(server, ownsSocket: true));
}
