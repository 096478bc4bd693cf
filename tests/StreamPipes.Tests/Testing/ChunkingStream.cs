namespace StreamPipes.Tests.Testing;

/// <summary>Gives at most <c>readSize</c> bytes per read and hands on at most <c>writeSize</c> per inner write. For parsers and joins.</summary>
internal class ChunkingStream(Stream inner, int readSize, int writeSize = int.MaxValue) : StreamDecorator(inner)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(readSize, buffer.Length)], cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        do
        {
            ReadOnlyMemory<byte> chunk = buffer[..Math.Min(writeSize, buffer.Length)];
            await base.WriteAsync(chunk, cancellationToken);
            buffer = buffer[chunk.Length..];
        }
        while (!buffer.IsEmpty);
    }
}
