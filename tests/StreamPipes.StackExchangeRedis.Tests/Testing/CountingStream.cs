namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>A layer that counts what passes.</summary>
internal sealed class CountingStream(Stream inner) : WrappingStream(inner)
{
    private long _read;
    private long _written;

    public long BytesRead => Interlocked.Read(ref _read);

    public long BytesWritten => Interlocked.Read(ref _written);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await base.ReadAsync(buffer, cancellationToken);
        Interlocked.Add(ref _read, read);
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Add(ref _written, buffer.Length);
        return base.WriteAsync(buffer, cancellationToken);
    }
}
