#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Faults;

/// <summary>While the peer's last words are still waited for, an abort ends the connection at once. The first error stays.</summary>
public sealed class AbortAfterWriteFaultTests
{
    private readonly IOException _fault = new("the peer does not listen");
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abort_after_a_write_fault_ends_the_reading_at_once(bool ignoresTokens)
    {
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = ignoresTokens }.Fail(StreamOperation.Write, _fault);
        await using PipeConnection connection = StreamConnection.Create(stream, _clock.Options());
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        await connection.Output.WriteAsync(SmallPipe.MoreThanFits).ShouldThrowAsync(_fault);

        connection.Abort(new InvalidDataException("the second error"));

        await read.ShouldThrowAsync(_fault);
        await connection.ShouldHaveEndedWithAsync(_fault, CloseReason.WriteFault);
        stream.IsDisposed.Should().BeTrue();
        _clock.ArmedTimers.Should().Be(0);
    }
}
#endif
