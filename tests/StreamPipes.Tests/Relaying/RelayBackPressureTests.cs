namespace StreamPipes.Tests.Relaying;

/// <summary>A peer that reads slowly holds up the peer that sends, and not more than the two pipes' worth lies in between.</summary>
public sealed class RelayBackPressureTests
{
    private const int Size = 32 * 1024 * 1024;

    // 128 KiB for each pipe, once more of what one read brings, and a block at each end.
    private const long MostBetween = 512 * 1024;

    [Fact]
    public async Task A_slow_reader_holds_up_the_sender_and_loses_nothing()
    {
        byte[] content = Payload.Seeded(Size);
        ScriptedStream slow = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection outer = StreamConnection.Create(slow);
        long mostBetween = 0;
        TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SupplyingStream source = new(content, supplied =>
        {
            mostBetween = Math.Max(mostBetween, supplied - outer.BytesSent);
            if (supplied >= 200 * 1024) full.TrySetResult();
        });
        PipeConnection inner = StreamConnection.Create(source);
        Task<RelayResult> relay = inner.RelayAsync(outer);
        await slow.GetCalledTask(StreamOperation.Write).Guarded();

        // More than one pipe's worth has been taken while the peer has taken nothing: now it reads.
        await full.Task.Guarded();
        slow.Release(StreamOperation.Write);
        slow.Eof();

        RelayResult result = await relay.Guarded();
        result.IsComplete.Should().BeTrue();
        result.BytesToOther.Should().Be(Size);
        Payload.HashOf(slow.Written).Should().Be(Payload.HashOf(content));
        mostBetween.Should().BeLessThan(MostBetween);
    }
}
