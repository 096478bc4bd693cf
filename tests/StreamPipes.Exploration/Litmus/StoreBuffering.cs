using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Litmus;

/// <summary>Each of two threads writes its own variable and reads the other's. Without a full fence between, both may read the old value.</summary>
internal abstract class StoreBuffering : Scenario
{
    private readonly Tally _seen = new("seen");

    protected Cells Cells { get; } = new();

    public override void Run()
    {
        Start("left", () => _seen.Add(Left()));
        Start("right", () => _seen.Add(Right()));
    }

    public override void Check() => Assert(_seen.Value > 0, "both have read the old value");

    protected abstract int Left();

    protected abstract int Right();
}

[Refuted]
internal sealed class StoreBufferingPlain : StoreBuffering
{
    protected override int Left()
    {
        Cells.X = 1;
        return Cells.Y;
    }

    protected override int Right()
    {
        Cells.Y = 1;
        return Cells.X;
    }
}

[Refuted]
internal sealed class StoreBufferingVolatile : StoreBuffering
{
    protected override int Left()
    {
        Cells.VolatileX = 1;
        return Cells.VolatileY;
    }

    protected override int Right()
    {
        Cells.VolatileY = 1;
        return Cells.VolatileX;
    }
}

[Refuted]
internal sealed class StoreBufferingOneFence : StoreBuffering
{
    protected override int Left()
    {
        Cells.VolatileX = 1;
        Interlocked.MemoryBarrier();
        return Cells.VolatileY;
    }

    protected override int Right()
    {
        Cells.VolatileY = 1;
        return Cells.VolatileX;
    }
}

internal sealed class StoreBufferingBarrier : StoreBuffering
{
    protected override int Left()
    {
        Cells.X = 1;
        Interlocked.MemoryBarrier();
        return Cells.Y;
    }

    protected override int Right()
    {
        Cells.Y = 1;
        Interlocked.MemoryBarrier();
        return Cells.X;
    }
}

internal sealed class StoreBufferingExchange : StoreBuffering
{
    protected override int Left()
    {
        Interlocked.Exchange(ref Cells.X, 1);
        return Volatile.Read(ref Cells.Y);
    }

    protected override int Right()
    {
        Interlocked.Exchange(ref Cells.Y, 1);
        return Cells.X;
    }
}
