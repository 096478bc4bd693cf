#if !LIBRARY_NETSTANDARD
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>A peer that does an honest handshake and then puts bytes of its own under its TLS.</summary>
internal static class OneSidedSession
{
    /// <returns>What a read of the connection ended with; null for an orderly end.</returns>
    public static async Task<Exception?> AfterHandshakeAsync(SslProtocols protocol, byte[] raw)
    {
        (Socket socket, Socket far) = await SocketPair.TcpAsync();
        await using NetworkStream carrier = new(far, ownsSocket: true);
        SslStream peer = new(carrier, leaveInnerStreamOpen: true);
        Task<PipeConnection> accepting = TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(socket), TestCertificates.ServerOptions(protocol));
        await peer.AuthenticateAsClientAsync(TestCertificates.ClientOptions(protocol)).Guarded();
        await using PipeConnection connection = await accepting.Guarded();
        Task sending = SendAsync(carrier, raw);

        Exception? error = await Thrown.ByAsync(() => connection.Input.TakeAllAsync());
        connection.Abort();
        await sending.Guarded();
        return error;
    }

    private static async Task SendAsync(NetworkStream carrier, byte[] raw)
    {
        try
        {
            await carrier.WriteAsync(raw);
            carrier.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Refused before all of it was sent, which is right.
        }
    }
}
#endif
