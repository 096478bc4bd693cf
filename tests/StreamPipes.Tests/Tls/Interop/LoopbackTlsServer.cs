#if !LIBRARY_NETSTANDARD
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary>A TLS server of the library's own for foreign clients: one connection after the other, each handled to its end and remembered.</summary>
internal sealed class LoopbackTlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<PipeConnection, Task> _handle;
    private readonly SslServerAuthenticationOptions _tls;

    private LoopbackTlsServer(SslServerAuthenticationOptions tls, Func<PipeConnection, Task> handle)
    {
        _tls = tls;
        _handle = handle;
        _listener.Start();
    }

    public string Port => ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

    public static LoopbackTlsServer Start(SslServerAuthenticationOptions tls, Func<PipeConnection, Task> handle) => new(tls, handle);

    /// <summary>Serves one client; what went wrong is thrown.</summary>
    /// <returns>What was negotiated.</returns>
    public async Task<TlsSession> ServeOneAsync()
    {
        Socket socket = await _listener.AcceptSocketAsync();
        await using PipeConnection connection = await TlsConnection.AuthenticateAsServerAsync(SocketConnection.Create(socket), _tls);
        await _handle(connection);
        await connection.DisposeAsync();
        await connection.Completion;
        return connection.Tls!;
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return default;
    }
}
#endif
