using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>An HTTP server behind HAProxy: answers with the headers of the request that begin with X-.</summary>
internal sealed class HeaderEcho : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    public HeaderEcho()
    {
        _listener.Start(200);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.Guarded();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        using StreamReader reader = new(stream, Encoding.Latin1);
        StringBuilder headers = new();
        int length = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("x-", StringComparison.OrdinalIgnoreCase)) headers.Append(line.ToLowerInvariant()).Append('\n');
            if (line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(line["content-length:".Length..], System.Globalization.CultureInfo.InvariantCulture);
        }

        if (length > 0) await reader.ReadBlockAsync(new char[length]);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(FormattableString.Invariant($"HTTP/1.1 200 OK\r\nContent-Length: {headers.Length}\r\nConnection: close\r\n\r\n{headers}")));
    }
}
