#if !LIBRARY_NETSTANDARD
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Timeouts;

/// <summary><see cref="PipeConnectionOptions.WriteTimeout"/> covers the half-close too, and nothing after it.</summary>
public sealed class HalfCloseTimeoutTests
{
    private static readonly TimeSpan Limit = TimedOutAssertions.Limit;

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task A_half_close_that_does_not_end_is_given_up()
    {
        TransportDouble transport = new(new ScriptedStream()) { HalfCloseEnds = new TaskCompletionSource().Task };
        PipeConnection connection = Start(transport);
        Task completing = connection.Output.CompleteAsync().AsTask();
        await transport.HalfClosed.Guarded();
        connection.CloseReason.Should().Be(CloseReason.None);

        _clock.Advance(Limit - TimedOutAssertions.Moment);
        connection.CloseReason.Should().Be(CloseReason.None);
        _clock.Advance(TimedOutAssertions.Moment);
        connection.CloseReason.Should().Be(CloseReason.TimedOut);

        // The stream does not let go of the half-close either.
        await _clock.AdvanceUntilAsync(connection.Completion);
        (await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded())).Message.Should().Contain(nameof(PipeConnectionOptions.WriteTimeout));
        await Thrown.ByAsync(() => completing.Guarded());
    }

    [Fact]
    public async Task After_a_half_close_the_peer_may_take_its_time()
    {
        ScriptedStream stream = new();
        PipeConnection connection = Start(new TransportDouble(stream));
        await connection.Output.CompleteAsync().Guarded();

        for (int i = 0; i < 5; i++) _clock.Advance(Limit);

        connection.CloseReason.Should().Be(CloseReason.None);
        _ = stream.Read("late").Eof();
        (await connection.Input.TakeAllAsync()).Should().Equal("late"u8.ToArray());
        await connection.Completion.Guarded();
    }

    private PipeConnection Start(TransportDouble transport) =>
        PipeConnection.Over(transport, new PipeConnectionOptions { TimeProvider = _clock, WriteTimeout = Limit });
}
#endif
