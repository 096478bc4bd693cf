namespace StreamPipes.Benchmarks;

/// <summary>A kind of measurement that can be asked for by itself.</summary>
internal enum Part
{
    Rows,
    Counts,
    Starved,
    Idle,
    Micro,
    Apart,
    Relays,
}
