using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary>A plain server of ours behind a TLS terminator: it handles one connection.</summary>
internal sealed class PlainEcho : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public PlainEcho()
    {
        _listener.Start();
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Sends back what comes, until its end, and then the last words.</summary>
    public async Task ServeAsync(string lastWords)
    {
        await using PipeConnection connection = await AcceptAsync();
        await connection.Input.CopyToAsync(connection.Output);
        await connection.Output.WriteTextAsync(lastWords);
        await connection.Output.CompleteAsync();
        await connection.Completion;
    }

    public async Task<PipeConnection> AcceptAsync() => SocketConnection.Create(await _listener.AcceptSocketAsync());

    public void Dispose() => _listener.Dispose();
}
