namespace StreamPipes.Tests.Relaying;

/// <summary>A stream that has so many bytes to read, at once, and notes how far it has got. What is written to it is dropped.</summary>
internal sealed class SupplyingStream(byte[] content, Action<long> onSupplied) : TestStream
{
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _supplied;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = Math.Min(buffer.Length, content.Length - _supplied);
        ObjectDisposedException.ThrowIf(count == 0 && _disposed.Task.IsCompleted, this);
        content.AsSpan(_supplied, count).CopyTo(buffer.Span);
        _supplied += count;
        onSupplied(_supplied);
        await Task.Yield();
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return default;
    }
}
