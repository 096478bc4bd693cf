using System.Net.Sockets;

namespace StreamPipes.Benchmarks.Clients;

internal readonly struct SocketChannel(Socket socket) : IRawChannel
{
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None);
}
