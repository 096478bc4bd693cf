using System.Buffers;
using StreamPipes.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>The steps of a writer and a reader who are on different threads, in an order that they meet in now and then.</summary>
public sealed class ByteQueueRaceTests
{
    [Fact]
    public void A_chain_that_was_begun_and_not_yet_published_is_not_lost_when_its_tail_is_given_back()
    {
        ByteQueue queue = new(new CountingMemoryPool(), segmentSize: 4096, clears: false);
        Put(queue, "01234"u8);
        queue.Publish();
        ReadOnlySequence<byte> first = queue.Peek(out long end);
        first.Length.Should().Be(5);

        // The writer has lent its tail and is about to publish, the reader consumes what it saw: the tail is sealed, with bytes in it.
        Put(queue, "567"u8);
        queue.OfferTail();
        queue.Consume(end);
        queue.Publish();

        // The same once more, and now what is lent is a chain of its own, which nothing is linked to yet.
        queue.Peek(out end).Length.Should().Be(3);
        Put(queue, "89ab"u8);
        queue.OfferTail();
        queue.Consume(end);
        queue.Publish();

        Put(queue, "cd"u8);
        queue.Publish();
        queue.Peek(out _).ToArray().Should().Equal("89abcd"u8.ToArray());
    }

    private static void Put(ByteQueue queue, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(queue.GetMemory(bytes.Length).Span);
        queue.Advance(bytes.Length);
    }
}
