using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Memory;

/// <summary>A pool of some kind, as options for both pumps, and the last look at it.</summary>
internal sealed class WatchedPool
{
    private readonly int _blockSize;
    private readonly MemoryPool<byte> _pool;
    private readonly Func<int> _rented;
    private readonly Action _assertClean;
    private readonly Action _assertUnharmed;

    public WatchedPool(PoolKind kind)
    {
        _blockSize = kind switch
        {
            PoolKind.Blocks16 => 16,
            PoolKind.Blocks7 => 7,
            PoolKind.Blocks1 => 1,
            PoolKind.Native32 => 32,
            _ => 4096,
        };
        if (kind is PoolKind.Native4096 or PoolKind.Native32)
        {
            GuardedNativePool native = new(_blockSize);
            (_pool, _rented, _assertClean, _assertUnharmed) = (native, () => native.Rented, native.AssertClean, native.AssertUnharmed);
        }
        else
        {
            PoisonedMemoryPool poisoned = new(_blockSize);
            (_pool, _rented, _assertClean, _assertUnharmed) = (poisoned, () => poisoned.Rented, poisoned.AssertClean, poisoned.AssertUnharmed);
        }
    }

    public int Rented => _rented();

    /// <summary>A minimum read of one byte leaves the size of the blocks to the pool.</summary>
    public int MinimumReadSize => Math.Min(_blockSize, 4096);

    public PipeConnectionOptions Options(bool flushThrough = false)
    {
        PipeOptions pipes = Pipes(pause: 8192);
        return new PipeConnectionOptions
        {
            ReceivePipeOptions = pipes,
            SendPipeOptions = pipes,
            FlushThrough = flushThrough,
            MinimumReadSize = MinimumReadSize,
            MaximumWriteSize = 1500,
        };
    }

    public PipeOptions Pipes(int pause) =>
        new(_pool, pauseWriterThreshold: pause, resumeWriterThreshold: pause / 2, minimumSegmentSize: _blockSize, useSynchronizationContext: false);

    public void AssertClean() => _assertClean();

    /// <summary>The same, if a stream that hangs may keep what it has.</summary>
    public void AssertUnharmed() => _assertUnharmed();
}
