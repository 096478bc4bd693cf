using System.Buffers;
using Microsoft.Coyote.SystematicTesting;
using StreamPipes.Buffers;

namespace StreamPipes.Exploration.Coyote;

/// <summary>One writer and one reader over a queue of small segments.</summary>
public static class QueueTests
{
    private const int Total = 8;

    [Test]
    public static async Task Bytes_come_once_and_in_order()
    {
        ByteQueue queue = new(MemoryPool<byte>.Shared, 16, clears: false);
        byte expected = 0;
        Task writer = Task.Run(() => WriteAll(queue));
        Task reader = Task.Run(async () =>
        {
            for (int look = 0; look < 4; look++)
            {
                expected = Read(queue, expected);
                await Task.Yield();
            }
        });
        await Task.WhenAll(writer, reader);
        Read(queue, expected);
        Check.That(queue.Consumed == Total, "not everything has been read");
    }

    [Test]
    public static async Task A_close_ends_the_writing_once()
    {
        ByteQueue queue = new(MemoryPool<byte>.Shared, 16, clears: false);
        int ends = 0;
        Task writer = Task.Run(() =>
        {
            for (byte next = 0; next < 3; next++)
            {
                if (!queue.TryBegin())
                {
                    Interlocked.Increment(ref ends);
                    return;
                }

                queue.Write([next]);
                queue.Publish();
                Interlocked.MemoryBarrier();
                if (queue.IsClosed) Interlocked.Increment(ref ends);
            }
        });
        Task closer = Task.Run(() =>
        {
            if (queue.Close()) Interlocked.Increment(ref ends);
        });
        await Task.WhenAll(writer, closer);
        Check.That(ends >= 1, "nobody has ended the writing");
    }

    private static void WriteAll(ByteQueue queue)
    {
        byte next = 0;
        while (next < Total)
        {
            Check.That(queue.TryBegin(), "the queue is open");
            for (int i = 0; i < 5 && next < Total; i++) queue.Write([next++]);
            queue.Publish();
        }
    }

    private static byte Read(ByteQueue queue, byte expected)
    {
        ReadOnlySequence<byte> ready = queue.Peek(out long end);
        foreach (byte one in ready.ToArray()) Check.That(one == expected++, $"{one} has come, and not {expected - 1}");
        queue.Consume(end);
        return expected;
    }
}
