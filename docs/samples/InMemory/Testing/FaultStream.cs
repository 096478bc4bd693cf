namespace InMemory;

/// <summary>
/// Lets so many bytes through and then fails, with an exception of the test's own: the peer that resets the connection in the worst moment. Until
/// then it is its inner stream.
/// </summary>
internal sealed class FaultStream(Stream inner, Exception fault) : StreamDecorator(inner)
{
    /// <summary>How many bytes can still be read before reading fails.</summary>
    public long ReadableBytes { get; set; } = long.MaxValue;

    /// <summary>How many bytes can still be written before writing fails. A write that reaches the limit is cut off there, as a network does it.</summary>
    public long WritableBytes { get; set; } = long.MaxValue;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ReadableBytes == 0) throw fault;
        int count = await base.ReadAsync(buffer[..(int)Math.Min(ReadableBytes, buffer.Length)], cancellationToken);
        ReadableBytes -= count;
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = (int)Math.Min(WritableBytes, buffer.Length);
        await base.WriteAsync(buffer[..count], cancellationToken);
        WritableBytes -= count;
        if (count < buffer.Length) throw fault;
    }
}
