namespace StreamPipes.Benchmarks.Clients;

internal readonly struct StreamChannel(Stream stream) : IRawChannel
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes);

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => stream.ReadAsync(buffer);
}
