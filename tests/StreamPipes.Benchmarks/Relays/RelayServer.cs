using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Relays;

/// <summary>The plain server behind a relay: each connection begins with a request of nine bytes, which says what is to be done, and how many bytes that takes.</summary>
internal sealed class RelayServer : IDisposable
{
    public const int RequestSize = 9;
    private const int BufferSize = 64 * 1024;

    private readonly Socket _listener = Link.Listen(backlog: 512);

    public RelayServer() => _ = AcceptAsync();

    public enum Wish : byte
    {
        /// <summary>Takes so many bytes, and then sends one.</summary>
        Take,

        /// <summary>Sends so many bytes.</summary>
        Send,

        /// <summary>Sends back what comes, until the end.</summary>
        Echo,
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public static byte[] Request(Wish wish, long bytes = 0)
    {
        byte[] request = new byte[RequestSize];
        request[0] = (byte)wish;
        BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(1), bytes);
        return request;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed: that is how it ends.
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await using NetworkStream stream = new(socket, ownsSocket: true);
            byte[] buffer = new byte[BufferSize];
            await stream.ReadExactlyAsync(buffer.AsMemory(0, RequestSize));
            long bytes = BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(1));
            switch ((Wish)buffer[0])
            {
                case Wish.Take:
                    while (bytes > 0 && await stream.ReadAsync(buffer) is > 0 and int count) bytes -= count;
                    await stream.WriteAsync(buffer.AsMemory(0, 1));
                    break;
                case Wish.Send:
                    for (; bytes > 0; bytes -= BufferSize) await stream.WriteAsync(buffer.AsMemory(0, (int)Math.Min(bytes, BufferSize)));
                    break;
                default:
                    while (await stream.ReadAsync(buffer) is > 0 and int count) await stream.WriteAsync(buffer.AsMemory(0, count));
                    break;
            }
        }
        catch (IOException)
        {
            // The relay has gone, or this connection only asked whether it listens.
        }
    }
}
