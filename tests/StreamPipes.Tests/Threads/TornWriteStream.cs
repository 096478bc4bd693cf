namespace StreamPipes.Tests.Threads;

/// <summary>Once torn, every write gives the first bytes to the inner stream, and the rest when it is released.</summary>
internal sealed class TornWriteStream(Stream inner, int firstBytes) : WrappingStream(inner)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hasBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsTorn { get; set; }

    /// <summary>Ends when the first part of a torn write is out.</summary>
    public Task HasBegun => _hasBegun.Task;

    public void Release() => _released.TrySetResult();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsTorn)
        {
            await base.WriteAsync(buffer[..firstBytes], cancellationToken);
            _hasBegun.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
            buffer = buffer[firstBytes..];
        }

        await base.WriteAsync(buffer, cancellationToken);
    }
}
