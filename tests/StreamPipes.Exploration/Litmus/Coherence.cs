using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Litmus;

/// <summary>Two reads of one variable, one after the other, do not go back in its history.</summary>
internal sealed class Coherence : Scenario
{
    private readonly Cells _cells = new();

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                _cells.X = 1;
                _cells.X = 2;
            });
        Start(
            "reader",
            () =>
            {
                int first = _cells.X;
                int second = _cells.X;
                Assert(second >= first, $"{second} has been read after {first}");
            });
    }
}

/// <summary>Reads of two variables by plain reads may go back.</summary>
[Refuted]
internal sealed class LoadLoad : Scenario
{
    private readonly Cells _cells = new();

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                Interlocked.Exchange(ref _cells.X, 1);
                Interlocked.Exchange(ref _cells.Y, 1);
            });
        Start(
            "reader",
            () =>
            {
                int y = _cells.Y;
                int x = _cells.X;
                Assert(x >= y, "a later read has seen an older state");
            });
    }
}
