using System.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>The pools that the memory suite trusts see what they are there to see.</summary>
public sealed class MemoryPoolTests
{
    private readonly PoisonedMemoryPool _poisoned = new(blockSize: 16);
    private readonly GuardedNativePool _native = new(blockSize: 16);

    [Fact]
    public void Blocks_that_are_returned_once_are_clean()
    {
        foreach (MemoryPool<byte> pool in new MemoryPool<byte>[] { _poisoned, _native })
        {
            IMemoryOwner<byte> block = pool.Rent();
            block.Memory.Span.Fill(1);
            block.Dispose();
        }

        _poisoned.AssertClean();
        _native.AssertClean();
    }

    [Fact]
    public void A_block_that_is_not_returned_is_found()
    {
        _ = _poisoned.Rent();
        _ = _native.Rent();

        ShouldFind("every block", _poisoned.AssertClean);
        ShouldFind("every block", _native.AssertClean);
    }

    [Fact]
    public void A_block_that_is_returned_twice_is_found()
    {
        foreach (MemoryPool<byte> pool in new MemoryPool<byte>[] { _poisoned, _native })
        {
            IMemoryOwner<byte> block = pool.Rent();
            block.Dispose();
            block.Dispose();
        }

        ShouldFind("twice", _poisoned.AssertClean);
        ShouldFind("twice", _native.AssertClean);
    }

    [Fact]
    public void A_write_after_the_return_is_found_at_the_next_rent()
    {
        IMemoryOwner<byte> block = _poisoned.Rent();
        Memory<byte> memory = block.Memory;
        block.Dispose();
        memory.Span[3] = 1;

        _poisoned.Rent().Dispose();

        ShouldFind("after its return", _poisoned.AssertClean);
    }

    [Fact]
    public void A_use_of_native_memory_after_the_return_throws()
    {
        IMemoryOwner<byte> block = _native.Rent();
        Memory<byte> memory = block.Memory;
        block.Dispose();

        Assert.Throws<ObjectDisposedException>(() => memory.Span[3] = 1);
    }

    [Fact]
    public unsafe void A_write_to_the_address_of_native_memory_after_the_return_is_found()
    {
        IMemoryOwner<byte> block = _native.Rent();
        using MemoryHandle handle = block.Memory.Pin();
        block.Dispose();
        ((byte*)handle.Pointer)[3] = 1;

        ShouldFind("after its return", _native.AssertClean);
    }

    [Fact]
    public unsafe void A_write_outside_a_native_block_is_found()
    {
        IMemoryOwner<byte> block = _native.Rent();
        using (MemoryHandle handle = block.Memory.Pin()) ((byte*)handle.Pointer)[16] = 1;
        block.Dispose();

        ShouldFind("outside", _native.AssertClean);
    }

    private static void ShouldFind(string what, Action look) => Assert.ThrowsAny<Exception>(look).Message.Should().Contain(what);
}
