namespace StreamPipes.Transports;

/// <content>The members that take memory and spans, and the asynchronous dispose: .NET Standard has none to override.</content>
internal sealed partial class ReplayStream
{
    public override int Read(Span<byte> buffer) => _front.IsEmpty ? Inner.Read(buffer) : TakeFront(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_front.IsEmpty) return Inner.ReadAsync(buffer, cancellationToken);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new ValueTask<int>(TakeFront(buffer.Span));
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Inner.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Inner.WriteAsync(buffer, cancellationToken);

    public override ValueTask DisposeAsync() => ((IAsyncDisposable)this).DisposeAsync();
}
