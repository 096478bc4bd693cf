namespace StreamPipes.Benchmarks.Measuring;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">How many times every contender has its turn.</param>
/// <param name="Visit">How long a turn lasts at least.</param>
internal sealed record Pace(int Rounds, TimeSpan Visit)
{
    /// <summary>How many turns come before the first one that counts.</summary>
    public const int WarmUps = 1;

    /// <summary>For the compiler: it takes a few hundred milliseconds to see which code is worth its while.</summary>
    public static Pace WarmUp { get; } = new(1, TimeSpan.FromMilliseconds(250));

    public static Pace Usual { get; } = new(7, TimeSpan.FromMilliseconds(100));

    public static Pace Quick { get; } = new(3, TimeSpan.FromMilliseconds(40));
}
