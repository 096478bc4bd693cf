namespace StreamPipes.Tests.Defects;

/// <summary>
/// Behaves as a socket with a full buffer: a write takes the first half at once, and the rest when the gate is released. A token that fires
/// in between ends the write with half of it done.
/// </summary>
internal sealed class HalfWritingStream : TestStream
{
    private readonly List<byte> _written = [];
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Gate Rest { get; } = new();

    public byte[] Written => [.. _written];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _disposed.Task.WaitAsync(cancellationToken);
        return 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int half = buffer.Length / 2;
        _written.AddRange(buffer.Span[..half]);
        await Rest.WaitAsync(cancellationToken);
        _written.AddRange(buffer.Span[half..]);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return default;
    }
}
