using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Litmus;

/// <summary>Two plain variables, and two that are volatile.</summary>
[Simulated]
internal sealed class Cells
{
    public int X;
    public int Y;
    public volatile int VolatileX;
    public volatile int VolatileY;
    public Cells? Next;
}
