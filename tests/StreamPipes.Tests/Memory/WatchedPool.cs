using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Memory;

/// <summary>A pool of some kind, as options for both pumps, and the last look at it.</summary>
internal sealed class WatchedPool
{
    private readonly int _blockSize;
    private readonly MemoryPool<byte> _pool;
    private readonly Action _assertClean;

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
            (_pool, _assertClean) = (native, native.AssertClean);
        }
        else
        {
            PoisonedMemoryPool poisoned = new(_blockSize);
            (_pool, _assertClean) = (poisoned, poisoned.AssertClean);
        }
    }

    /// <summary>A minimum read of one byte leaves the size of the blocks to the pool.</summary>
    public PipeConnectionOptions Options(bool flushThrough = false) => new()
    {
        ReceivePipeOptions = Pipes,
        SendPipeOptions = Pipes,
        FlushThrough = flushThrough,
        MinimumReadSize = Math.Min(_blockSize, 4096),
        MaximumWriteSize = 1500,
    };

    private PipeOptions Pipes => new(_pool, pauseWriterThreshold: 8192, resumeWriterThreshold: 4096, minimumSegmentSize: _blockSize, useSynchronizationContext: false);

    public void AssertClean() => _assertClean();
}
