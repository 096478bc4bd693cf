namespace StreamPipes.Testing;

/// <summary>
/// What a connection of a <see cref="VirtualNetwork"/> does to the bytes. All properties are optional: by default every byte arrives, late, in any pieces, and now and
/// then after a stall. Resets and truncations have to be asked for.
/// </summary>
/// <remarks>
/// <para><b>Concurrency.</b> One thread sets them, before the first connection that uses them; connections only read them, and any number may share them.</para>
/// <para><b>Errors.</b> A value that makes no sense throws <see cref="ArgumentOutOfRangeException"/> where it is set.</para>
/// <para><b>Units.</b> Probabilities are from 0 to 1, each drawn from the seed.</para>
/// </remarks>
public sealed class VirtualLinkOptions
{
    private TimeSpan _minimumLatency = TimeSpan.Zero;
    private TimeSpan _maximumLatency = TimeSpan.FromMilliseconds(20);
    private TimeSpan _maximumStall = TimeSpan.FromMilliseconds(100);
    private long _bytesPerSecond;
    private int _maximumPieceSize = 1460;
    private int _windowSize = 64 * 1024;
    private int _maximumFaultPosition = 4096;
    private double _stallProbability = 0.02;
    private double _cutProbability = 0.5;
    private double _waitProbability = 0.25;
    private double _resetProbability;
    private double _truncationProbability;

    /// <summary>Makes options in which every property has its default.</summary>
    public VirtualLinkOptions()
    {
    }

    /// <summary>The least time that a piece is on its way. Default zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, or above <see cref="MaximumLatency"/>.</exception>
    public TimeSpan MinimumLatency
    {
        get => _minimumLatency;
        set => _minimumLatency = value >= TimeSpan.Zero && value <= _maximumLatency ? value : throw Wrong(value, "A latency is not negative, and the minimum not above the maximum. Set the maximum first.");
    }

    /// <summary>The longest time that a piece is on its way, stalls and bandwidth aside. Default 20 ms. Pieces do not overtake each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below <see cref="MinimumLatency"/>.</exception>
    public TimeSpan MaximumLatency
    {
        get => _maximumLatency;
        set => _maximumLatency = value >= _minimumLatency ? value : throw Wrong(value, "The maximum latency is not below the minimum.");
    }

    /// <summary>The bandwidth of each direction. Default 0: no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long BytesPerSecond
    {
        get => _bytesPerSecond;
        set => _bytesPerSecond = value >= 0 ? value : throw Wrong(value, "A bandwidth is not negative.");
    }

    /// <summary>
    /// The largest piece in which bytes travel. Default 1460. Each direction draws a size of its own up to it, and more often a small one; a large write is cut into at
    /// most 65 pieces all the same.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero.</exception>
    public int MaximumPieceSize
    {
        get => _maximumPieceSize;
        set => _maximumPieceSize = Positive(value);
    }

    /// <summary>How many bytes a direction holds that have been sent and not been read. Default 64 KiB. Then writes wait.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero.</exception>
    public int WindowSize
    {
        get => _windowSize;
        set => _windowSize = Positive(value);
    }

    /// <summary>How often a read gets less than has arrived. Default 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double CutProbability
    {
        get => _cutProbability;
        set => _cutProbability = Probability(value);
    }

    /// <summary>How often a read or write that could complete at once completes later. Default 0.25.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double WaitProbability
    {
        get => _waitProbability;
        set => _waitProbability = Probability(value);
    }

    /// <summary>How often a piece is held up on its way. Default 0.02.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double StallProbability
    {
        get => _stallProbability;
        set => _stallProbability = Probability(value);
    }

    /// <summary>How long a piece is held up at most. Default 100 ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan MaximumStall
    {
        get => _maximumStall;
        set => _maximumStall = value >= TimeSpan.Zero ? value : throw Wrong(value, "A stall is not negative.");
    }

    /// <summary>
    /// How often the network resets a connection, for each direction, at a position drawn up to <see cref="MaximumFaultPosition"/>. Default 0. What is on its way is
    /// lost, and both sides get an <see cref="IOException"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double ResetProbability
    {
        get => _resetProbability;
        set => _resetProbability = Probability(value);
    }

    /// <summary>
    /// How often a direction is half-closed by the network, at a position drawn up to <see cref="MaximumFaultPosition"/>. Default 0. The receiver gets an end that looks
    /// like one of the sender's; the sender's further bytes are lost without its knowledge.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double TruncationProbability
    {
        get => _truncationProbability;
        set => _truncationProbability = Probability(value);
    }

    /// <summary>The last position, in bytes of a direction, at which a reset or a truncation is drawn. Default 4096. Small positions are drawn more often.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero.</exception>
    public int MaximumFaultPosition
    {
        get => _maximumFaultPosition;
        set => _maximumFaultPosition = Positive(value);
    }

    private static int Positive(int value) => value > 0 ? value : throw Wrong(value, "The value is more than zero.");

    private static double Probability(double value) => value is >= 0 and <= 1 ? value : throw Wrong(value, "A probability is from 0 to 1.");

    private static ArgumentOutOfRangeException Wrong(object value, string text) => new(nameof(value), value, text);
}
