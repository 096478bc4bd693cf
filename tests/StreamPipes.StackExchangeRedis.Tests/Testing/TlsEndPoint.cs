using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>A server that does no more than one handshake, and says what the client asked for in it.</summary>
internal sealed class TlsEndPoint : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TlsEndPoint()
    {
        _listener.Start();
        Handshake = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndpoint;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The name and the protocols of the client's first message. Then the connection is closed.</summary>
    public Task<(string Name, SslProtocols Protocols)> Handshake { get; }

    public void Dispose() => _listener.Dispose();

    private async Task<(string Name, SslProtocols Protocols)> AcceptAsync()
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync();
        await using SslStream session = new(client.GetStream());
        (string Name, SslProtocols Protocols)? hello = null;
        try
        {
            await session.AuthenticateAsServerAsync((_, info, _, _) =>
            {
                hello = (info.ServerName, info.SslProtocols);
                return new ValueTask<SslServerAuthenticationOptions>(TestCertificates.ServerOptions(SslProtocols.None));
            }, state: null, CancellationToken.None);
        }
        catch (Exception e) when (e is AuthenticationException or IOException && hello is not null)
        {
            // A client that refuses the certificate has said what it wants before.
        }

        return hello!.Value;
    }
}
