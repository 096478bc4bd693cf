namespace StreamPipes.Benchmarks.Measuring;

internal enum Unit
{
    Nanoseconds,
    Bytes,
    Count,
}
