using System.Buffers;
using StreamPipes.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>A look at a queue costs what has come since the last one, however much lies there unread.</summary>
public sealed class BacklogTests
{
    private const int SegmentSize = 16;
    private const int Segments = 500;

    [Fact]
    public void A_reader_that_examines_all_and_consumes_nothing_follows_each_link_once()
    {
        ByteQueue queue = new(new CountingMemoryPool(SegmentSize), SegmentSize, clears: false);
        byte[] piece = new byte[SegmentSize];
        for (int i = 0; i < Segments; i++)
        {
            queue.Write(piece);
            queue.Publish();
            queue.Peek(out long published).Length.Should().Be((i + 1) * SegmentSize);
            published.Should().Be((i + 1) * SegmentSize);
        }

        queue.LinksFollowed.Should().BeLessThan(2 * Segments);
    }

    [Fact]
    public void A_backlog_that_is_consumed_in_pieces_is_walked_once()
    {
        ByteQueue queue = new(new CountingMemoryPool(SegmentSize), SegmentSize, clears: false);
        queue.Write(new byte[Segments * SegmentSize]);
        queue.Publish();
        for (int i = 0; i < Segments; i++)
        {
            ReadOnlySequence<byte> ready = queue.Peek(out _);
            ready.Length.Should().Be((Segments - i) * SegmentSize);
            queue.Consume(queue.Consumed + SegmentSize);
        }

        queue.LinksFollowed.Should().BeLessThan(3 * Segments);
    }

    [Fact]
    public void A_block_that_was_consumed_to_its_very_end_goes_back_when_another_follows()
    {
        CountingMemoryPool pool = new(SegmentSize);
        ByteQueue queue = new(pool, SegmentSize, clears: false);
        queue.Write(new byte[SegmentSize]);
        queue.Publish();

        // The writer has asked for its next memory, and has nothing to put there yet.
        queue.GetMemory(1).Length.Should().Be(SegmentSize);
        queue.Peek(out long end);
        queue.Consume(end);

        pool.Outstanding.Should().Be(1, "only the memory that the writer holds");
    }
}
