namespace StreamPipes.Transports;

/// <content>The members that take memory and spans, and the asynchronous dispose: .NET Standard has none to override.</content>
internal sealed partial class ReplayStream
{
    public override int Read(Span<byte> buffer)
    {
        if (HasFrontOrEnd()) return TakeFront(buffer);
        int read = Inner.Read(buffer);
        NoteEnd(read, buffer.Length);
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ReadFrontOrBelowAsync(buffer, cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer) => Inner.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Inner.WriteAsync(buffer, cancellationToken);

    public override ValueTask DisposeAsync() => ((IAsyncDisposable)this).DisposeAsync();
}
