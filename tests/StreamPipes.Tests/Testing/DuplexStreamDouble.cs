namespace StreamPipes.Tests.Testing;

/// <summary>
/// The base of streams made for tests: duplex, not seekable, and every flavour of read, write and dispose leads to the one asynchronous
/// method that a derived class overrides.
/// </summary>
internal abstract class DuplexStreamDouble : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    public abstract override Task FlushAsync(CancellationToken cancellationToken);

    public abstract override ValueTask DisposeAsync();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Blocking.Wait(ReadAsync(buffer.AsMemory(offset, count)).AsTask());

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Blocking.Wait(WriteAsync(buffer.AsMemory(offset, count)).AsTask());

    public override void Flush() => Blocking.Wait(FlushAsync(CancellationToken.None));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Blocking.Wait(DisposeAsync().AsTask());
        base.Dispose(disposing);
    }
}
