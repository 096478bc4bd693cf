namespace StreamPipes.Testing;

/// <summary>Where a run of a <see cref="VirtualNetwork"/> ends, and what its connections are like. All properties are optional.</summary>
/// <remarks>
/// <para><b>Concurrency.</b> One thread sets them, before the first run that uses them; runs only read them.</para>
/// <para><b>Errors.</b> A value that makes no sense throws <see cref="ArgumentOutOfRangeException"/> where it is set.</para>
/// </remarks>
public sealed class VirtualNetworkOptions
{
    private TimeSpan _timeLimit = TimeSpan.FromHours(1);
    private long _maximumSteps = 1_000_000;

    /// <summary>Makes options in which every property has its default.</summary>
    public VirtualNetworkOptions()
    {
    }

    /// <summary>How much virtual time a run may take. Default one hour. Then it fails with <see cref="VirtualRunFailure.TimeExceeded"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero.</exception>
    public TimeSpan TimeLimit
    {
        get => _timeLimit;
        set => _timeLimit = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A limit is more than zero.");
    }

    /// <summary>
    /// How many steps a run may take: continuations, arrivals, timers. Default 1,000,000. Then it fails with <see cref="VirtualRunFailure.StepsExceeded"/>: it works
    /// without end, at no cost of time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero.</exception>
    public long MaximumSteps
    {
        get => _maximumSteps;
        set => _maximumSteps = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A limit is more than zero.");
    }

    /// <summary>What the connections are like that are made without options of their own. Default <see langword="null"/>: the defaults of <see cref="VirtualLinkOptions"/>.</summary>
    public VirtualLinkOptions? Link { get; set; }
}
