using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Smoke;

/// <summary>Both ends of a connection over loopback.</summary>
internal sealed class Ends(PipeConnection client, PipeConnection server) : IDisposable
{
    public PipeConnection Client { get; } = client;

    public PipeConnection Server { get; } = server;

    /// <summary>TLS, as each framework has it.</summary>
    public static async Task<Ends> TlsAsync(X509Certificate2 certificate)
    {
        (Socket client, Socket server) = await SocketsAsync();
        Task<PipeConnection> accepting = AcceptTlsAsync(new NetworkStream(server, ownsSocket: true), certificate);
        PipeConnection connected = await ConnectTlsAsync(new NetworkStream(client, ownsSocket: true), certificate);
        return new Ends(connected, await accepting);
    }

    /// <summary>Without TLS. The options are the client's: a limit of both ends would be over at either of them first.</summary>
    public static async Task<Ends> PlainAsync(PipeConnectionOptions? options = null)
    {
        (Socket client, Socket server) = await SocketsAsync();
        return new Ends(SocketConnection.Create(client, options), SocketConnection.Create(server));
    }

#if NET
    public static bool HasTlsHalfClose => true;

    public static SslClientAuthenticationOptions ClientOptions(X509Certificate2 certificate) => new()
    {
        TargetHost = "localhost",
        RemoteCertificateValidationCallback = (_, shown, _, _) => Is(certificate, shown),
    };

    public static SslServerAuthenticationOptions ServerOptions(X509Certificate2 certificate) => new() { ServerCertificate = certificate };

    public static Task<PipeConnection> ConnectTlsAsync(Stream stream, X509Certificate2 certificate) =>
        TlsConnection.AuthenticateAsClientAsync(stream, ClientOptions(certificate));

    public static Task<PipeConnection> AcceptTlsAsync(Stream stream, X509Certificate2 certificate) =>
        TlsConnection.AuthenticateAsServerAsync(stream, ServerOptions(certificate));
#else
    /// <summary>Mono's SslStream ends in both directions at once; that of .NET Framework cannot be half-closed beside a read.</summary>
    public static bool HasTlsHalfClose { get; } = Type.GetType("Mono.Runtime") is null;

    public static async Task<PipeConnection> ConnectTlsAsync(Stream stream, X509Certificate2 certificate)
    {
        SslStream tls = new(stream, leaveInnerStreamOpen: false, (_, shown, _, _) => Is(certificate, shown));
        await tls.AuthenticateAsClientAsync("localhost", [], SslProtocols.Tls12, checkCertificateRevocation: false);
        return StreamConnection.Create(tls);
    }

    public static async Task<PipeConnection> AcceptTlsAsync(Stream stream, X509Certificate2 certificate)
    {
        SslStream tls = new(stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsServerAsync(certificate, clientCertificateRequired: false, SslProtocols.Tls12, checkCertificateRevocation: false);
        return StreamConnection.Create(tls);
    }
#endif

    /// <summary>Each waits for the other's close: both at once.</summary>
    public async Task CloseAsync()
    {
        await Task.WhenAll(Client.DisposeAsync().AsTask(), Server.DisposeAsync().AsTask());
        await Task.WhenAll(Client.Completion, Server.Completion);
    }

    public void Dispose()
    {
        Client.Abort();
        Server.Abort();
    }

    private static bool Is(X509Certificate2 certificate, X509Certificate? shown) => shown is not null && certificate.RawData.SequenceEqual(shown.GetRawCertData());

    private static async Task<(Socket Client, Socket Server)> SocketsAsync()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<Socket> accepting = listener.AcceptSocketAsync();
        Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint);
        Socket server = await accepting;
        listener.Stop();
        return (client, server);
    }
}
