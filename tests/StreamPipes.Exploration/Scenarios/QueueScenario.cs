using System.Buffers;
using StreamPipes.Buffers;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>One writer and one reader over a queue of small segments. Every byte comes once, in order, as it was written, and all memory goes back.</summary>
internal abstract class QueueScenario : Scenario
{
    private readonly Payload _written;

    protected QueueScenario(int segmentSize, int total)
    {
        Total = total;
        _written = new Payload(total);
        Pool = new CheckedPool(segmentSize);
        Queue = new ByteQueue(Pool, segmentSize, clears: false);
    }

    protected int Total { get; }

    protected CheckedPool Pool { get; }

    protected ByteQueue Queue { get; }

    /// <summary>Writes so many bytes, without publishing them.</summary>
    protected void Fill(int first, int count)
    {
        Span<byte> bytes = stackalloc byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)(first + i + 1);
            _written[first + i] = first + i + 1;
        }

        Queue.Write(bytes);
    }

    /// <summary>Writes so many bytes into memory asked for, without publishing them.</summary>
    protected void FillMemory(int first, int count)
    {
        Memory<byte> memory = Queue.GetMemory(count);
        for (int i = 0; i < count; i++)
        {
            _written[first + i] = first + i + 1;
            memory.Span[i] = (byte)(first + i + 1);
        }

        Queue.Advance(count);
    }

    /// <summary>Reads what there is, as a whole or in part.</summary>
    /// <returns>How many bytes have been consumed so far.</returns>
    protected long ReadOnce(Func<long, long> consumes)
    {
        long start = Queue.Consumed;
        ReadOnlySequence<byte> ready = Queue.Peek(out long end);
        Assert(ready.Length == end - start, $"{ready.Length} bytes between {start} and {end}");
        byte[] bytes = ready.ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert(bytes[i] == start + i + 1, $"byte {start + i} is {bytes[i]}");
            Assert(_written[(int)start + i] == start + i + 1, $"byte {start + i} has been published before it was written");
        }

        if (end > start) Queue.Consume(start + consumes(end - start));
        return Queue.Consumed;
    }

    protected void ReadAll(Func<long, long> consumes)
    {
        long before = -1;
        for (long now = Queue.Consumed; now < Total; now = ReadOnce(consumes))
        {
            if (now == before) Pause();
            before = now;
        }
    }

    protected void CheckAll()
    {
        Assert(Queue.Consumed == Total, $"{Queue.Consumed} of {Total} bytes have been read");
        Queue.Detach();
        Queue.Detach();
        Assert(Pool.Rented == 0, $"{Pool.Rented} blocks have not been given back");
    }
}

/// <summary>Messages that begin and end segments: chains are begun, lent, released and linked.</summary>
internal sealed class QueueChains : QueueScenario
{
    public QueueChains()
        : base(segmentSize: 2, total: 4)
    {
    }

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                for (int i = 0; i < Total; i++)
                {
                    Assert(Queue.TryBegin(), "the queue is open");
                    Fill(i, 1);
                    Queue.Publish();
                }
            });
        Start("reader", () => ReadAll(static ready => ready));
    }

    public override void Check() => CheckAll();
}

/// <summary>Messages longer than a segment, consumed byte by byte.</summary>
internal sealed class QueueLongMessages : QueueScenario
{
    public QueueLongMessages()
        : base(segmentSize: 2, total: 6)
    {
    }

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                for (int i = 0; i < Total; i += 3)
                {
                    Assert(Queue.TryBegin(), "the queue is open");
                    Fill(i, 3);
                    Queue.Publish();
                }
            });
        Start("reader", () => ReadAll(static ready => Math.Max(1, ready - 1)));
    }

    public override void Check() => CheckAll();
}

/// <summary>Messages written into memory asked for, which does not always fit into what is left of a segment.</summary>
internal sealed class QueueMemory : QueueScenario
{
    public QueueMemory()
        : base(segmentSize: 3, total: 6)
    {
    }

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                for (int i = 0; i < Total; i += 2)
                {
                    FillMemory(i, 2);
                    Assert(Queue.TryBegin(), "the queue is open");
                    Queue.Publish();
                }
            });
        Start("reader", () => ReadAll(static ready => ready));
    }

    public override void Check() => CheckAll();
}
