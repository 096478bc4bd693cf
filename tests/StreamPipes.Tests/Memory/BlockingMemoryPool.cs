using System.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>A pool that holds whoever rents the nth block, on their thread, until it is released. It counts what is out.</summary>
internal sealed class BlockingMemoryPool(int nth) : MemoryPool<byte>
{
    private readonly CountingMemoryPool _inner = new(blockSize: 256);
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _released = new();
    private int _left = nth;

    /// <summary>Ends when somebody is held.</summary>
    public Task Called => _called.Task;

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _called.TrySetResult();
            if (!_released.Wait(HangGuard.Limit)) throw new TimeoutException("Nobody released the pool.");
        }

        return _inner.Rent(minBufferSize);
    }

    public void Release() => _released.Set();

    public void AssertClean() => _inner.AssertClean();

    protected override void Dispose(bool disposing) => _released.Dispose();
}
