namespace StreamPipes.Tests.Testing;

/// <summary>
/// How often the probabilistic tests repeat: few times in the normal run, 1,000 times when the environment variable
/// <c>STREAMPIPES_LONG</c> is <c>1</c>.
/// </summary>
internal static class LongRun
{
    private const int Many = 1000;

    public static bool IsOn { get; } = string.Equals(Environment.GetEnvironmentVariable("STREAMPIPES_LONG"), "1", StringComparison.Ordinal);

    public static int Times(int usually) => IsOn ? Many : usually;

    /// <summary>Runs the rounds, a few beside each other.</summary>
    public static Task RepeatAsync(int rounds, Func<int, Task> round) => Parallel.ForEachAsync(
        Enumerable.Range(0, rounds),
        new ParallelOptions { MaxDegreeOfParallelism = 4 },
        async (i, _) => await round(i));
}
