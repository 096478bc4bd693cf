namespace StreamPipes.Fuzzing.Parsers;

/// <summary>Bytes in memory that come by so many with each read.</summary>
internal sealed class SmallReads(byte[] bytes, int size) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
}
