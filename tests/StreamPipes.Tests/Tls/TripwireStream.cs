namespace StreamPipes.Tests.Tls;

/// <summary>Does something in the middle of a read or a write: when exactly that many bytes have gone through, in both directions together.</summary>
internal sealed class TripwireStream(Stream inner, long at, Action trip) : WrappingStream(inner)
{
    private readonly Lock _sync = new();
    private long _passed;
    private int _disposes;

    public long Passed
    {
        get
        {
            lock (_sync) return _passed;
        }
    }

    public int Disposes => Volatile.Read(ref _disposes);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await base.ReadAsync(buffer[..UpToTheWire(buffer.Length)], cancellationToken);
        Pass(count);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int first = UpToTheWire(buffer.Length);
        await base.WriteAsync(buffer[..first], cancellationToken);
        Pass(first);
        if (first < buffer.Length) await base.WriteAsync(buffer[first..], cancellationToken);
        Pass(buffer.Length - first);
    }

    public override ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposes);
        return base.DisposeAsync();
    }

    private int UpToTheWire(int count)
    {
        long left = at - Passed;
        return left > 0 ? (int)Math.Min(count, left) : count;
    }

    private void Pass(int count)
    {
        bool isTripped;
        lock (_sync)
        {
            isTripped = _passed < at && _passed + count >= at;
            _passed += count;
        }

        if (isTripped) trip();
    }
}
