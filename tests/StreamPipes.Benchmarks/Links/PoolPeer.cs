using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Benchmarks.Links;

/// <summary>A peer for rows with many connections: asynchronous echo on the thread pool.</summary>
internal sealed class PoolPeer : Peer
{
    private const int BufferSize = 4096;

    public override void Start(Socket socket, bool tls) => _ = Task.Run(() => ServeAsync(socket, tls));

    private static async Task ServeAsync(Socket socket, bool tls)
    {
        await using Stream transport = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (!tls)
            {
                await EchoAsync(transport);
                return;
            }

            await using SslStream secured = new(transport);
            await secured.AuthenticateAsServerAsync(LoopbackTls.Server);
            await EchoAsync(secured);
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
