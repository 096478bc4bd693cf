namespace InMemory;

/// <summary>Gives at most so many bytes per read, however many are there: for parsers that take a message to come in one piece.</summary>
internal sealed class ChunkingStream(Stream inner, int readSize) : StreamDecorator(inner)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(readSize, buffer.Length)], cancellationToken);
}
