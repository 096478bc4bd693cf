namespace StreamPipes.Fuzzing.Replay;

/// <summary>The stream below, with asynchronous reads.</summary>
internal sealed class AsyncInner(InnerScript script) : BlockingInner(script)
{
    private readonly InnerScript _script = script;

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _script.ReadAsync(buffer, cancellationToken);
}

/// <summary>The stream below, with blocking reads only.</summary>
internal class BlockingInner(InnerScript script) : Stream
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

    public override int Read(byte[] buffer, int offset, int count) => script.Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count)
    {
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) script.Dispose();
        base.Dispose(disposing);
    }
}
