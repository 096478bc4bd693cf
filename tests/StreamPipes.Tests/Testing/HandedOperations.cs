using System.Threading.Channels;

namespace StreamPipes.Tests.Testing;

/// <summary>The reads, or the writes, of a transport, each handed to the test once it is awaited.</summary>
internal sealed class HandedOperations
{
    private readonly Channel<HandedOperation> _awaited = Channel.CreateUnbounded<HandedOperation>();

    /// <summary>Whether an operation is awaited that <see cref="NextAsync"/> has not taken yet.</summary>
    public bool HasNext => _awaited.Reader.TryPeek(out _);

    public HandedOperation Begin(int length, CancellationToken cancellationToken) => new(length, operation => _awaited.Writer.TryWrite(operation), cancellationToken);

    public Task<HandedOperation> NextAsync() => _awaited.Reader.ReadAsync().AsTask().Guarded();
}
