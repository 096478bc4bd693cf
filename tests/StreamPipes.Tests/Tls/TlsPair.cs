#if !LIBRARY_NETSTANDARD
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls;

/// <summary>Two ends of a TLS connection of the library's own. They are disposed together, since each waits for the other's close.</summary>
internal sealed class TlsPair(PipeConnection client, PipeConnection server) : IAsyncDisposable
{
    public PipeConnection Client { get; } = client;

    public PipeConnection Server { get; } = server;

    public static Task<TlsPair> OverSocketsAsync(SslProtocols protocol = SslProtocols.Tls13) => OverSocketsAsync(TlsOptions.Client(protocol), TlsOptions.Server(protocol));

    public static async Task<TlsPair> OverSocketsAsync(SslClientAuthenticationOptions clientOptions, SslServerAuthenticationOptions serverOptions)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return await MeetAsync(
            TlsConnection.AuthenticateAsClientAsync(SocketConnection.Create(client), clientOptions),
            TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(server), serverOptions));
    }

    public static async Task<TlsPair> MeetAsync(Task<PipeConnection> connecting, Task<PipeConnection> accepting)
    {
        await Task.WhenAll(connecting, accepting).Guarded();
        return new TlsPair(await connecting, await accepting);
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(Client.DisposeAsync().AsTask(), Server.DisposeAsync().AsTask()).Guarded();
}
#endif
