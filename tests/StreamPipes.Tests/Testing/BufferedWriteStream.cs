namespace StreamPipes.Tests.Testing;

/// <summary>
/// Keeps what is written until it is flushed, and loses it when it is disposed unflushed: the stream that shows a forgotten flush.
/// </summary>
internal sealed class BufferedWriteStream(Stream inner) : WrappingStream(inner)
{
    private readonly List<byte> _kept = [];

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _kept.AddRange(buffer.Span);
        return default;
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        byte[] bytes = [.. _kept];
        _kept.Clear();
        await Inner.WriteAsync(bytes, cancellationToken);
        await Inner.FlushAsync(cancellationToken);
    }
}
