namespace StreamPipes.Tests.Detach;

/// <summary>A stream whose read ends neither by its token, which it tells the test of, nor by the dispose.</summary>
internal sealed class StuckStream : TestStream
{
    private readonly TaskCompletionSource _readBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _never = new();

    public Task ReadBegun => _readBegun.Task;

    public Action OnCanceled { get; set; } = static () => { };

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenRegistration registration = cancellationToken.Register(() => OnCanceled());
        _readBegun.TrySetResult();
        return await _never.Task;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => default;
}
