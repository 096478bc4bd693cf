using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>
/// Another thread closes the queue while the writer is at work. Whoever comes last ends the writing, once, and what was published before is read.
/// </summary>
internal sealed class QueueClosing : QueueScenario
{
    private readonly Tally _ends = new("ends of writing");
    private readonly Tally _atWork = new("at work");

    public QueueClosing()
        : base(segmentSize: 2, total: 2)
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
                    if (!Queue.TryBegin())
                    {
                        End();
                        return;
                    }

                    EnterWork();
                    Fill(i, 1);
                    LeaveWork();
                    Queue.Publish();

                    // The signal that follows contains it.
                    Interlocked.MemoryBarrier();
                    if (!Queue.IsClosed) continue;
                    End();
                    return;
                }
            });
        Start(
            "closer",
            () =>
            {
                if (!Queue.Close()) return;
                EnterWork();
                LeaveWork();
                End();
            });
        Start("reader", () => ReadOnce(static ready => ready));
    }

    public override void Check()
    {
        Assert(_ends.Value >= 1, "nobody has ended the writing");
        ReadOnce(static ready => ready);
        Assert(Queue.Published == Queue.Written, $"{Queue.Written} bytes have been written and {Queue.Published} published");
        Assert(Queue.Consumed == Queue.Published, "the last bytes cannot be read");
        Queue.Detach();
        Queue.Detach();
        Assert(Pool.Rented == 0, $"{Pool.Rented} blocks have not been given back");
    }

    private void EnterWork() => Assert(_atWork.Add(1) == 1, "the writing is ended while the writer is at work");

    private void LeaveWork() => _atWork.Add(-1);

    private void End()
    {
        // The connection's writer does this once, whoever comes: here the second may come, and only count.
        if (_ends.Add(1) > 1) return;
        Queue.PublishLast();
    }
}

/// <summary>Both ends leave, in any order, with bytes that nobody has read: all memory goes back once.</summary>
internal sealed class QueueLeaving : QueueScenario
{
    public QueueLeaving()
        : base(segmentSize: 2, total: 3)
    {
    }

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                Queue.TryBegin();
                Fill(0, 1);
                Queue.Publish();
                Queue.TryBegin();
                Fill(1, 2);
                Queue.Publish();
                Queue.Detach();
            });
        Start(
            "reader",
            () =>
            {
                ReadOnce(static ready => ready);
                ReadOnce(static ready => ready);
                Queue.Detach();
            });
    }

    public override void Check() => Assert(Pool.Rented == 0, $"{Pool.Rented} blocks have not been given back");
}

/// <summary>Another thread closes the queue while the writer begins with memory that it has filled before: one of them ends the writing.</summary>
internal sealed class QueueClosingFilled : QueueScenario
{
    private readonly Tally _ends = new("ends of writing");
    private readonly Tally _atWork = new("at work");

    public QueueClosingFilled()
        : base(segmentSize: 2, total: 1) => FillMemory(0, 1);

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                if (Queue.TryBegin())
                {
                    EnterWork();
                    LeaveWork();
                    Queue.Publish();
                    Interlocked.MemoryBarrier();
                    if (!Queue.IsClosed) return;
                }

                End();
            });
        Start(
            "closer",
            () =>
            {
                if (!Queue.Close()) return;
                EnterWork();
                LeaveWork();
                End();
            });
    }

    public override void Check()
    {
        Assert(_ends.Value == 1 || _ends.Value == 2, $"the writing has been ended {_ends.Value} times");
        ReadOnce(static ready => ready);
        Assert(Queue.Consumed == Total, "the last byte cannot be read");
    }

    private void EnterWork() => Assert(_atWork.Add(1) == 1, "the writing is ended while the writer is at work");

    private void LeaveWork() => _atWork.Add(-1);

    private void End()
    {
        if (_ends.Add(1) > 1) return;
        Queue.PublishLast();
    }
}

/// <summary>Another thread ends the writing while the writer asks for memory: what the writer has got is not given back below it.</summary>
internal sealed class QueueClosingMemory : QueueScenario
{
    public QueueClosingMemory()
        : base(segmentSize: 4, total: 2)
    {
    }

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                if (!Queue.TryBegin()) return;
                Fill(0, 1);
                Queue.Publish();
                if (!Queue.TryGetMemory(1, out Memory<byte> memory)) return;
                bool isBack = Pool.HasGoneBack(memory);
                Assert(!isBack, "the writer has got memory that has gone back");
                Step("fills the memory");
                Assert(!Pool.HasGoneBack(memory), "memory has gone back below the writer that fills it");
                Queue.Advance(1);
            });
        Start(
            "closer",
            () =>
            {
                if (Queue.Close() && !Queue.PublishLast()) Queue.Detach();
            });
        Start(
            "reader",
            () =>
            {
                Queue.Peek(out long end);
                Queue.Consume(end);
                Queue.Detach();
            });
    }
}
