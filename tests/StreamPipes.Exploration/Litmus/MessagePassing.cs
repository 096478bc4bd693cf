using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Litmus;

/// <summary>One thread writes data and then a flag; the other sees the flag and reads the data. Both have to keep the order.</summary>
internal abstract class MessagePassing : Scenario
{
    protected Cells Cells { get; } = new();

    public override void Run()
    {
        Start("writer", Write);
        Start("reader", () => Assert(!SeesFlag() || Cells.X == 1, "the flag is seen, and the data is not"));
    }

    protected virtual void Write()
    {
        Cells.X = 1;
        Cells.Y = 1;
    }

    protected virtual bool SeesFlag() => Cells.Y == 1;
}

[Refuted]
internal sealed class MessagePassingPlain : MessagePassing
{
}

[Refuted]
internal sealed class MessagePassingReleaseOnly : MessagePassing
{
    protected override void Write()
    {
        Cells.X = 1;
        Volatile.Write(ref Cells.Y, 1);
    }
}

[Refuted]
internal sealed class MessagePassingAcquireOnly : MessagePassing
{
    protected override bool SeesFlag() => Volatile.Read(ref Cells.Y) == 1;
}

internal sealed class MessagePassingReleaseAcquire : MessagePassing
{
    protected override void Write()
    {
        Cells.X = 1;
        Volatile.Write(ref Cells.Y, 1);
    }

    protected override bool SeesFlag() => Volatile.Read(ref Cells.Y) == 1;
}

internal sealed class MessagePassingVolatileField : MessagePassing
{
    protected override void Write()
    {
        Cells.X = 1;
        Cells.VolatileY = 1;
    }

    protected override bool SeesFlag() => Cells.VolatileY == 1;
}

internal sealed class MessagePassingInterlocked : MessagePassing
{
    protected override void Write()
    {
        Cells.X = 1;
        Interlocked.Increment(ref Cells.Y);
    }

    protected override bool SeesFlag() => Interlocked.CompareExchange(ref Cells.Y, 2, 1) == 1;
}

/// <summary>Of an object that is published by a plain write of its reference, what its fields held is seen.</summary>
internal sealed class MessagePassingReference : Scenario
{
    private readonly Cells _cells = new();

    public override void Run()
    {
        Start("writer", () => _cells.Next = new Cells { X = 1 });
        Start("reader", () => Assert(_cells.Next is not { } next || next.X == 1, "an object has been seen before its contents"));
    }
}

/// <summary>But nothing else is.</summary>
[Refuted]
internal sealed class MessagePassingBesideReference : Scenario
{
    private readonly Cells _cells = new();

    public override void Run()
    {
        Cells fresh = new();
        Start(
            "writer",
            () =>
            {
                _cells.X = 1;
                _cells.Next = fresh;
            });
        Start("reader", () => Assert(_cells.Next is null || _cells.X == 1, "the reference is seen, and what was written before is not"));
    }
}

/// <summary>A flag is seen by a plain read and passed on by a release: neither lets the read come after it.</summary>
internal sealed class MessagePassedOn : Scenario
{
    private readonly Cells _cells = new();

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                _cells.X = 1;
                Volatile.Write(ref _cells.Y, 1);
            });
        Start(
            "messenger",
            () =>
            {
                if (_cells.Y == 1) _cells.VolatileX = 1;
            });
        Start("reader", () => Assert(_cells.VolatileX == 0 || _cells.X == 1, "the flag is seen, and the data is not"));
    }
}

/// <summary>A flag is seen by a plain read, and a full fence comes before the data is read.</summary>
internal sealed class MessagePassingFence : MessagePassing
{
    protected override void Write()
    {
        Cells.X = 1;
        Interlocked.MemoryBarrier();
        Cells.Y = 1;
    }

    protected override bool SeesFlag()
    {
        bool seen = Cells.Y == 1;
        Interlocked.MemoryBarrier();
        return seen;
    }
}

/// <summary>A full fence before a plain write of the flag does what a release does.</summary>
internal sealed class MessagePassingFenceAcquire : MessagePassing
{
    protected override void Write()
    {
        Cells.X = 1;
        Interlocked.MemoryBarrier();
        Cells.Y = 1;
    }

    protected override bool SeesFlag() => Volatile.Read(ref Cells.Y) == 1;
}
