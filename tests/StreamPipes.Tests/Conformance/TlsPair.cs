#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Conformance;

/// <summary>Both sides of a handshake by <see cref="TlsConnection"/>, over whatever carries it.</summary>
internal static class TlsPair
{
    public static Task<(PipeConnection Client, PipeConnection Server)> OverAsync(
        IDuplexPipe client,
        IDuplexPipe server,
        PipeConnectionOptions? clientOptions = null,
        PipeConnectionOptions? serverOptions = null,
        SslProtocols protocols = SslProtocols.Tls13) => BothAsync(
            TlsConnection.AuthenticateAsClientAsync(client, TestCertificates.ClientOptions(protocols), clientOptions),
            TlsConnection.AuthenticateAsServerAsync(server, TestCertificates.ServerOptions(protocols), serverOptions));

    public static Task<(PipeConnection Client, PipeConnection Server)> OverAsync(
        Stream client,
        Stream server,
        PipeConnectionOptions? clientOptions = null,
        PipeConnectionOptions? serverOptions = null,
        SslProtocols protocols = SslProtocols.Tls13) => BothAsync(
            TlsConnection.AuthenticateAsClientAsync(client, TestCertificates.ClientOptions(protocols), clientOptions),
            TlsConnection.AuthenticateAsServerAsync(server, TestCertificates.ServerOptions(protocols), serverOptions));

    public static async Task<(PipeConnection Client, PipeConnection Server)> OverSocketsAsync(
        PipeConnectionOptions? clientOptions = null,
        PipeConnectionOptions? serverOptions = null,
        SslProtocols protocols = SslProtocols.Tls13)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return await OverAsync(SocketConnection.Create(client), SocketConnection.Create(server), clientOptions, serverOptions, protocols);
    }

    private static async Task<(PipeConnection Client, PipeConnection Server)> BothAsync(Task<PipeConnection> client, Task<PipeConnection> server) =>
        (await client.Guarded(), await server.Guarded());
}
#endif
