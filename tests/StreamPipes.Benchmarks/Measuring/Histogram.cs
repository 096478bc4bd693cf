using System.Diagnostics;
using System.Numerics;

namespace StreamPipes.Benchmarks.Measuring;

/// <summary>Counts times in buckets of 0.4 % of their size. Adding one allocates nothing.</summary>
internal sealed class Histogram
{
    private const int Precision = 8;
    private const int BucketsPerDoubling = 1 << Precision;

    private readonly long[] _counts = new long[(64 - Precision) * BucketsPerDoubling];
    private long _total;

    public void Clear()
    {
        Array.Clear(_counts);
        _total = 0;
    }

    /// <param name="ticks">A difference of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Add(long ticks)
    {
        _counts[BucketOf(Math.Max(0, ticks))]++;
        _total++;
    }

    /// <summary>The time, in nanoseconds, below which a part of all times lies.</summary>
    public double Percentile(double part)
    {
        double wanted = part * _total;
        double below = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            long count = _counts[bucket];
            if (count > 0 && below + count >= wanted)
            {
                long from = StartOf(bucket);
                double ticks = from + ((wanted - below) / count * (StartOf(bucket + 1) - from));
                return ticks * 1e9 / Stopwatch.Frequency;
            }

            below += count;
        }

        return double.NaN;
    }

    private static int BucketOf(long ticks)
    {
        if (ticks < BucketsPerDoubling) return (int)ticks;
        int shift = BitOperations.Log2((ulong)ticks) - Precision;
        return (shift << Precision) + (int)(ticks >> shift);
    }

    private static long StartOf(int bucket)
    {
        if (bucket < 2 * BucketsPerDoubling) return bucket;
        int shift = (bucket >> Precision) - 1;
        return (bucket - ((long)shift << Precision)) << shift;
    }
}
