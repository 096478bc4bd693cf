namespace StreamPipes.Tests.Lifetime;

/// <summary>Options that make no sense are refused where they are set, with what to set instead.</summary>
public sealed class OptionsTests
{
    private static readonly TimeSpan TooLong = TimeSpan.FromMilliseconds(uint.MaxValue);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void MinimumReadSize_and_MaximumWriteSize_below_one_are_refused(int size)
    {
        Refused(() => new PipeConnectionOptions { MinimumReadSize = size }).Should().Contain("at least one byte");
        Refused(() => new PipeConnectionOptions { MaximumWriteSize = size }).Should().Contain("at least one byte");
    }

    [Fact]
    public void MinimumReadSize_and_MaximumWriteSize_of_one_are_taken()
    {
        PipeConnectionOptions options = new() { MinimumReadSize = 1, MaximumWriteSize = 1 };

        options.MinimumReadSize.Should().Be(1);
        options.MaximumWriteSize.Should().Be(1);
    }

    [Fact]
    public void A_time_limit_is_positive_and_one_that_a_timer_can_wait_or_infinite()
    {
        foreach (Func<TimeSpan, PipeConnectionOptions> create in new Func<TimeSpan, PipeConnectionOptions>[]
        {
            limit => new() { CloseTimeout = limit },
            limit => new() { IdleTimeout = limit },
            limit => new() { WriteTimeout = limit },
#if !LIBRARY_NETSTANDARD
            limit => new() { HandshakeTimeout = limit },
#endif
        })
        {
            Refused(() => create(TimeSpan.FromTicks(-1))).Should().Contain("Timeout.InfiniteTimeSpan");
            Refused(() => create(TooLong)).Should().Contain("49 days");
            create(Timeout.InfiniteTimeSpan).Should().NotBeNull();
            create(TooLong - TimeSpan.FromMilliseconds(1)).Should().NotBeNull();
            create(TimeSpan.FromTicks(1)).Should().NotBeNull();
        }
    }

    [Fact]
    public void Only_CloseTimeout_may_be_zero()
    {
        new PipeConnectionOptions { CloseTimeout = TimeSpan.Zero }.CloseTimeout.Should().Be(TimeSpan.Zero);
        Refused(() => new PipeConnectionOptions { IdleTimeout = TimeSpan.Zero });
        Refused(() => new PipeConnectionOptions { WriteTimeout = TimeSpan.Zero });
    }

    private static string Refused(Func<PipeConnectionOptions> create) => Assert.Throws<ArgumentOutOfRangeException>("value", create).Message;
}
