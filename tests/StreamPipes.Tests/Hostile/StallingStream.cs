namespace StreamPipes.Tests.Hostile;

/// <summary>Gives out a number of bytes and then nothing any more: a peer that has fallen silent, without an end.</summary>
internal sealed class StallingStream(Stream inner, long limit) : WrappingStream(inner)
{
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _given;

    /// <summary>Ends when a read waits for what does not come.</summary>
    public Task Stalled => _stalled.Task;

    /// <summary>How many reads of the peer's bytes there were, as long as it lasted.</summary>
    public List<long> Flights { get; } = [];

    public bool IsDisposed { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_given >= limit)
        {
            _stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        int count = await base.ReadAsync(buffer[..(int)Math.Min(buffer.Length, limit - _given)], cancellationToken);
        _given += count;
        Flights.Add(_given);
        return count;
    }

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return base.DisposeAsync();
    }
}
