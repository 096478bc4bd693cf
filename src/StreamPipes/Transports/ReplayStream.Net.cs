namespace StreamPipes.Transports;

/// <content>The members that take memory and spans, and the asynchronous dispose: .NET Standard has none to override.</content>
internal sealed partial class ReplayStream
{
    private ReadOnlyMemory<byte> _prelude;

    public override int Read(Span<byte> buffer)
    {
        if (HasFrontOrEnd()) return TakeFront(buffer);
        int read = Inner.Read(buffer);
        NoteEnd(read, buffer.Length);
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ReadFrontOrBelowAsync(buffer, cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer) => Inner.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Inner.WriteAsync(_prelude.IsEmpty ? buffer : AfterPrelude(buffer), cancellationToken);

    public override ValueTask DisposeAsync() => ((IAsyncDisposable)this).DisposeAsync();

    /// <summary>Bytes that go out before anything else, together with the first write: one of a TLS handshake, which is asynchronous.</summary>
    internal void SendInFront(ReadOnlyMemory<byte> prelude) => _prelude = prelude;

    private ReadOnlyMemory<byte> AfterPrelude(ReadOnlyMemory<byte> buffer)
    {
        byte[] both = [.. _prelude.Span, .. buffer.Span];
        _prelude = default;
        return both;
    }
}
