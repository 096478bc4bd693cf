using System.Buffers;

namespace StreamPipes.Tests.Testing;

/// <summary>The pool that the suites trust sees what it is there to see.</summary>
public sealed class CountingMemoryPoolTests
{
    private readonly CountingMemoryPool _pool = new();

    [Fact]
    public void A_block_that_is_returned_once_is_clean()
    {
        _pool.Rent(10).Dispose();

        _pool.AssertClean();
    }

    [Fact]
    public void A_block_that_is_not_returned_is_found()
    {
        _ = _pool.Rent(10);

        Assert.ThrowsAny<Exception>(_pool.AssertClean);
    }

    [Fact]
    public void A_block_that_is_returned_twice_is_found()
    {
        IMemoryOwner<byte> block = _pool.Rent(10);
        block.Dispose();
        block.Dispose();

        Assert.ThrowsAny<Exception>(_pool.AssertClean);
    }

    [Fact]
    public void A_write_after_the_return_is_found()
    {
        IMemoryOwner<byte> block = _pool.Rent(10);
        Memory<byte> memory = block.Memory;
        block.Dispose();
        memory.Span[3] = 1;

        Assert.ThrowsAny<Exception>(_pool.AssertClean);
    }
}
