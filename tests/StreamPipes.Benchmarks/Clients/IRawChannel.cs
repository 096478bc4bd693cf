namespace StreamPipes.Benchmarks.Clients;

/// <summary>A stream or a socket, without a virtual call in between.</summary>
internal interface IRawChannel
{
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    ValueTask<int> ReadAsync(Memory<byte> buffer);
}
