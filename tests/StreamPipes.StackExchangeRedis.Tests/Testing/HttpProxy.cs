using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>An HTTP proxy that knows CONNECT alone.</summary>
internal sealed class HttpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _targets = [];
    private readonly Task _serving;

    public HttpProxy()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndpoint;

    /// <summary>Whom clients asked for.</summary>
    public string[] Targets
    {
        get
        {
            lock (_targets) return [.. _targets];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = PassOnAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was disposed.
        }
    }

    private async Task PassOnAsync(TcpClient client)
    {
        using (client)
        {
            StringBuilder request = new();
            byte[] piece = new byte[1];
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await client.GetStream().ReadAsync(piece) == 0) return;
                request.Append((char)piece[0]);
            }

            string target = request.ToString().Split(' ')[1];
            lock (_targets) _targets.Add(target);
            using TcpClient server = new();
            await server.ConnectAsync(IPEndPoint.Parse(target));
            await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (IOException)
        {
            // One side has gone: so does the other.
        }
    }
}
