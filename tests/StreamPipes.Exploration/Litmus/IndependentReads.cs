using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Litmus;

/// <summary>Two readers see the writes of two writers in different orders: with acquiring reads that may be, with full fences between them it may not.</summary>
internal abstract class IndependentReads : Scenario
{
    private readonly Cells _cells = new();
    private readonly Tally _disagreeing = new("disagreeing");

    public override void Run()
    {
        Start("writer x", () => Volatile.Write(ref _cells.X, 1));
        Start("writer y", () => Volatile.Write(ref _cells.Y, 1));
        Start(
            "x first",
            () =>
            {
                int x = Volatile.Read(ref _cells.X);
                Between();
                if (x == 1 && Volatile.Read(ref _cells.Y) == 0) _disagreeing.Add(1);
            });
        Start(
            "y first",
            () =>
            {
                int y = Volatile.Read(ref _cells.Y);
                Between();
                if (y == 1 && Volatile.Read(ref _cells.X) == 0) _disagreeing.Add(1);
            });
    }

    public override void Check() => Assert(_disagreeing.Value < 2, "the readers have seen different orders");

    protected abstract void Between();
}

[Refuted]
internal sealed class IndependentReadsAcquire : IndependentReads
{
    protected override void Between()
    {
        // Nothing.
    }
}

internal sealed class IndependentReadsFence : IndependentReads
{
    protected override void Between() => Interlocked.MemoryBarrier();
}
