namespace StreamPipes.Soak;

/// <summary>What one end does.</summary>
internal sealed record EndPlan
{
    private const int LargestTransfer = 1 << 20;
    private const int LargestPiece = 64 * 1024;

    public required Carrier Carrier { get; init; }

    /// <summary>How many bytes it sends.</summary>
    public required int Bytes { get; init; }

    /// <summary>The most it writes between two flushes.</summary>
    public required int Piece { get; init; }

    /// <summary>Time it spends doing nothing, in all.</summary>
    public required TimeSpan Pauses { get; init; }

    /// <summary>How often, of 100 times, a read or a flush is cancelled by token or from outside.</summary>
    public required int CancelPercent { get; init; }

    /// <summary>Whether the user reads and writes a Stream instead of pipes.</summary>
    public required bool IsStreamUser { get; init; }

    public required bool IsPoolTracked { get; init; }

    public required bool FlushThrough { get; init; }

    public required PumpScheduling Scheduling { get; init; }

    /// <summary>For the decisions made on the way.</summary>
    public required int Seed { get; init; }

    public static EndPlan Make(Random random, Carrier carrier, TimeSpan longestPause)
    {
        int bytes = random.Next(10) == 0 ? 0 : Skewed(random, LargestTransfer);
        return new EndPlan
        {
            Carrier = carrier,
            Bytes = bytes,
            Piece = Math.Max(Skewed(random, LargestPiece), bytes / 500),
            Pauses = longestPause * random.NextDouble(),
            CancelPercent = random.Next(3) == 0 ? 15 : 0,
            IsStreamUser = random.Next(6) == 0,
            IsPoolTracked = random.Next(4) == 0,
            FlushThrough = random.Next(6) == 0,
            Scheduling = AnyScheduling(random),
            Seed = random.Next(),
        };
    }

    private static PumpScheduling AnyScheduling(Random random)
    {
        // Two threads for each end: a few of them are enough.
        if (random.Next(50) == 0 && Enum.TryParse("DedicatedThreads", out PumpScheduling dedicated)) return dedicated;
        return random.Next(4) switch
        {
            0 => PumpScheduling.Inline,
            1 => PumpScheduling.ThreadPool,
            _ => PumpScheduling.Default,
        };
    }

    /// <summary>As many small ones as large ones, at each scale.</summary>
    private static int Skewed(Random random, int most) => (int)Math.Exp(random.NextDouble() * Math.Log(most));
}
