namespace StreamPipes.Testing.Running;

/// <summary>
/// The numbers of a seed (SplitMix64): the same on every framework and in every version, which those of <see cref="Random"/> need not be.
/// </summary>
internal sealed class SeededRandom : Random
{
    private ulong _state;

    public SeededRandom(ulong seed) => _state = seed;

    public override int Next() => (int)(NextBits() >> 33) & 0x7FFFFFFE;

    public override int Next(int maxValue)
    {
        if (maxValue < 0) throw new ArgumentOutOfRangeException(nameof(maxValue), maxValue, "The upper bound is not negative.");
        return (int)Below((ulong)maxValue);
    }

    public override int Next(int minValue, int maxValue)
    {
        if (minValue > maxValue) throw new ArgumentOutOfRangeException(nameof(minValue), minValue, "The lower bound is not above the upper one.");
        return (int)(minValue + (long)Below((ulong)((long)maxValue - minValue)));
    }

    public override double NextDouble() => Sample();

    public override void NextBytes(byte[] buffer)
    {
        if (buffer is null) throw new ArgumentNullException(nameof(buffer));
        for (int i = 0; i < buffer.Length; i++) buffer[i] = (byte)(NextBits() >> 56);
    }

    /// <summary>From 0 up to the maximum, which is included.</summary>
    public TimeSpan UpTo(TimeSpan maximum) => new((long)Below((ulong)maximum.Ticks + 1));

    public bool Chance(double probability) => probability > 0 && Sample() < probability;

    /// <summary>Mostly small: each power of two is as likely as the next.</summary>
    public int Magnitude(int maximum)
    {
        int bits = 0;
        while (bits < 30 && 1 << bits < maximum) bits++;
        return Math.Min(maximum, Next((1 << Next(bits + 1)) + 1));
    }

    public SeededRandom Fork() => new(NextBits());

    protected override double Sample() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The bias of the remainder is far below what any test could see.</summary>
    private ulong Below(ulong bound) => bound == 0 ? 0 : NextBits() % bound;

    private ulong NextBits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
