using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.Streams;

/// <summary>What the pool sees of its users.</summary>
public sealed class CountingMemoryPoolTests
{
    [Fact]
    public void Blocks_that_are_out_are_counted_and_told_of()
    {
        using CountingMemoryPool pool = new();
        IMemoryOwner<byte> block = pool.Rent();
        pool.Outstanding.Should().Be(1);
        Action check = pool.ThrowIfOutstanding;
        check.Should().Throw<InvalidOperationException>().WithMessage("1 of 1 rented blocks have not been returned.");
        block.Dispose();
        (pool.Rented, pool.Returned, pool.Outstanding).Should().Be((1, 1, 0));
        pool.ThrowIfOutstanding();
    }

    [Fact]
    public void A_write_after_the_return_is_found_once()
    {
        using CountingMemoryPool pool = new(blockSize: 16);
        IMemoryOwner<byte> block = pool.Rent();
        Memory<byte> memory = block.Memory;
        block.Dispose();
        memory.Span[3] = 1;
        pool.GetMisuses().Should().Equal("a block of 16 bytes was written to after its return");
        pool.GetMisuses().Should().ContainSingle();
        Action check = pool.ThrowIfOutstanding;
        check.Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void A_second_return_is_found_and_counts_as_none()
    {
        using CountingMemoryPool pool = new(blockSize: 16);
        IMemoryOwner<byte> block = pool.Rent(100);
        block.Dispose();
        block.Dispose();
        pool.Outstanding.Should().Be(0);
        pool.GetMisuses().Should().Equal("a block of 100 bytes was returned twice");
    }

    [Fact]
    public void Returned_memory_is_poisoned_and_no_longer_given_out()
    {
        using CountingMemoryPool pool = new(blockSize: 16);
        IMemoryOwner<byte> block = pool.Rent();
        Memory<byte> memory = block.Memory;
        memory.Span.Clear();
        block.Dispose();
        memory.ToArray().Should().OnlyContain(value => value == 0xAA);
        Func<Memory<byte>> asking = () => block.Memory;
        asking.Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_connection_returns_everything_it_rents_whatever_the_network_does()
    {
        VirtualLinkOptions faulty = new() { ResetProbability = 0.3, TruncationProbability = 0.3, MaximumFaultPosition = 300 };
        VirtualNetwork.RunMany(firstSeed: 1, count: 300, async network =>
        {
            using CountingMemoryPool pool = new(blockSize: 64);
            PipeOptions pipe = new(pool, pauseWriterThreshold: 200, resumeWriterThreshold: 100, minimumSegmentSize: 64);
            (PipeConnection client, PipeConnection server) = network.Connect(new PipeConnectionOptions { ReceivePipeOptions = pipe, SendPipeOptions = pipe }, faulty);
            Task sending = SendAsync(client);
            await ReceiveAsync(server);
            await sending;
            await server.DisposeAsync();
            await client.DisposeAsync();
            pool.Rented.Should().BePositive();
            pool.ThrowIfOutstanding();
        });
    }

    private static async Task SendAsync(PipeConnection connection)
    {
        try
        {
            for (int i = 0; i < 10; i++) await connection.Output.WriteAsync(new byte[50]);
            await connection.Output.CompleteAsync();
        }
        catch (IOException)
        {
            // The reset.
        }
    }

    private static async Task ReceiveAsync(PipeConnection connection)
    {
        try
        {
            while (true)
            {
                ReadResult result = await connection.Input.ReadAsync();
                connection.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
        }
        catch (IOException)
        {
            // The reset.
        }
    }
}
