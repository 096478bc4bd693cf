namespace StreamPipes.Benchmarks.Rows;

internal enum BulkDirection
{
    Out,
    In,
    Both,
}
