#if !LIBRARY_NETSTANDARD
using StreamPipes.Common;

namespace StreamPipes.Tests.Lifetime;

/// <summary>A connection over a <see cref="TransportDouble"/>, and how it has to look after an orderly close.</summary>
public abstract class ClosingBench
{
    private protected static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private protected static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private protected ManualTimeProvider Clock { get; } = new();

    private protected ScriptedStream Stream { get; } = new();

    private protected PipeConnection Start(TransportDouble transport, TimeSpan? limit = null, bool flushThrough = false) =>
        PipeConnection.Over(transport, new PipeConnectionOptions { TimeProvider = Clock, CloseTimeout = limit ?? Clockwork.CloseTimeout, FlushThrough = flushThrough });

    private protected async Task ShouldHaveClosedInOrderAsync(PipeConnection connection, TransportDouble transport, CloseReason reason = CloseReason.LocalClose)
    {
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(reason);
        transport.Resets.Should().Be(0);
        transport.IsReleased.Should().BeTrue();
        Stream.IsDisposed.Should().BeTrue();
        Clock.ArmedTimers.Should().Be(0);
    }
}
#endif
