using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Benchmarks.Links;

/// <summary>A peer for rows with many connections: asynchronous, on the thread pool. It echoes, or does what it is told.</summary>
internal sealed class PoolPeer(Func<Stream, Task>? serve = null) : Peer
{
    private const int BufferSize = 4096;

    private readonly Func<Stream, Task> _serve = serve ?? EchoAsync;

    public override void Start(Socket socket, bool tls) => _ = Task.Run(() => ServeAsync(socket, tls));

    private async Task ServeAsync(Socket socket, bool tls)
    {
        await using Stream transport = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (!tls)
            {
                await _serve(transport);
                return;
            }

            await using SslStream secured = new(transport);
            await secured.AuthenticateAsServerAsync(LoopbackTls.Server);
            await _serve(secured);
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // The contender's side has all measurements by now; how it hung up is not the subject.
        }
    }

    private static async Task EchoAsync(Stream stream)
    {
        byte[] buffer = new byte[BufferSize];
        while (await stream.ReadAsync(buffer) is > 0 and int count) await stream.WriteAsync(buffer.AsMemory(0, count));
    }
}
