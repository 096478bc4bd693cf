namespace StreamPipes.AspNetCore.Tests.Testing;

/// <summary>Counts what goes through it, and remembers whether it was disposed.</summary>
internal sealed class ByteCountingStream(Stream inner) : WrappingStream(inner)
{
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long BytesRead { get; private set; }

    public long BytesWritten { get; private set; }

    public Task Disposed => _disposed.Task;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await base.ReadAsync(buffer, cancellationToken);
        BytesRead += count;
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await base.WriteAsync(buffer, cancellationToken);
        BytesWritten += buffer.Length;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _disposed.TrySetResult();
    }
}
