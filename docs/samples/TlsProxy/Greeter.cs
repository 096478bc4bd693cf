using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Text;
using StreamPipes;

namespace TlsProxy;

/// <summary>A backend of the tour: reads a client to its end, then answers how much it was, and from whom.</summary>
internal sealed class Greeter : IAsyncDisposable
{
    private readonly string _name;
    private readonly PipeListener _listener;
    private readonly Task _serving;

    public Greeter(string name, SslServerAuthenticationOptions? tls = null, bool behindProxy = false)
    {
        _name = name;
        _listener = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, 0), new PipeListenerOptions { Tls = tls, ProxyProtocol = behindProxy });
        _serving = _listener.ServeAsync(GreetAsync);
    }

    public EndPoint EndPoint => _listener.LocalEndPoint;

    /// <summary>Sends so many bytes and the end, and takes the answer up to its end.</summary>
    public static async Task<string> AskAsync(PipeConnection connection, int length, CancellationToken cancellationToken)
    {
        await connection.Output.WriteAsync(new byte[length], cancellationToken);
        await connection.Output.CompleteAsync();
        return Encoding.UTF8.GetString((await connection.Input.ReadAtLeastAsync(int.MaxValue, cancellationToken)).Buffer);
    }

    /// <summary>What <see cref="AskAsync"/> is to return.</summary>
    public static string AnswerOf(string name, int length, EndPoint? client) => FormattableString.Invariant($"{name} got {length} bytes from {client}");

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
    }

    private async Task GreetAsync(PipeConnection client, CancellationToken stopping)
    {
        long length = 0;
        while (true)
        {
            ReadResult read = await client.Input.ReadAsync(stopping);
            length += read.Buffer.Length;
            client.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }

        client.Output.Write(Encoding.UTF8.GetBytes(AnswerOf(_name, (int)length, client.RemoteEndPoint)));
    }
}
