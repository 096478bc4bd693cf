using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>A client of HTTP/1.1, byte by byte, that leaves as it is told.</summary>
internal sealed class LeavingClient : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;

    private LeavingClient(Socket socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    public static async Task<LeavingClient> ConnectAsync(LeavingServer server)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.EndPoint).Guarded();
        NetworkStream network = new(socket, ownsSocket: false);
        if (!server.IsTls) return new LeavingClient(socket, network);
        SslStream tls = new(network);
        await tls.AuthenticateAsClientAsync(TestCertificates.ClientOptions()).Guarded();
        return new LeavingClient(socket, tls);
    }

    public Task SendAsync(string text) => _stream.WriteAsync(Encoding.ASCII.GetBytes(text)).Guarded();

    /// <summary>Past the session, if there is one.</summary>
    public Task SendRawAsync(params byte[] bytes) => _socket.SendAsync(bytes).Guarded();

    public async Task ReadUntilAsync(string text)
    {
        StringBuilder received = new();
        byte[] buffer = new byte[4096];
        while (!received.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await _stream.ReadAsync(buffer).Guarded();
            if (count == 0) throw new EndOfStreamException($"The end instead of '{text}', after: {received}");
            received.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }

    public async Task LeaveAsync(Way way)
    {
        SslStream? tls = _stream as SslStream;
        if (way == Way.BrokenRecord && tls is not null) await SendRawAsync([0x17, 3, 3, 0, 24, .. new byte[24]]);
        if (way == Way.CutRecord && tls is not null) await SendRawAsync(0x17, 3, 3, 0x40, 0, 1, 2, 3);
        if (way is Way.CloseNotify or Way.HalfClose && tls is not null) await tls.ShutdownAsync().Guarded();
        if (way == Way.HalfClose) await ReadToTheEndAsync();
        if (way == Way.Reset || (way == Way.BrokenRecord && tls is null)) _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _stream.Dispose();
    }

    /// <summary>Kestrel may cut short what it sends to a client that sends no more.</summary>
    private async Task ReadToTheEndAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int count;
            do count = await _stream.ReadAsync(buffer).Guarded();
            while (count > 0);
        }
        catch (IOException)
        {
            // Cut short.
        }
    }
}
