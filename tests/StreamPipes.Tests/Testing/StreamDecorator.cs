namespace StreamPipes.Tests.Testing;

/// <summary>The base of decorators: forwards everything to an inner stream, every flavour through the memory-based methods.</summary>
internal abstract class StreamDecorator(Stream inner) : DuplexStreamDouble
{
    protected Stream Inner { get; } = inner;

    public override bool CanRead => Inner.CanRead;

    public override bool CanWrite => Inner.CanWrite;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

    public override ValueTask DisposeAsync() => Inner.DisposeAsync();
}
