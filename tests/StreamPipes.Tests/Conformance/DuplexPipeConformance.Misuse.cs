using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    [Fact]
    public async Task A_second_read_beside_a_pending_one_is_refused_and_hurts_nothing()
    {
        SkipIf(SecondReadDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> first = pair.Server.Input.ReadAsync().AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Server.Input.ReadAsync().Guarded());

        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult result = await first.Guarded();
        pair.Server.Input.AdvanceTo(result.Buffer.Start);
        (await pair.Server.Input.ReadTextAsync(5)).Should().Be("hello");
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task AdvanceTo_without_a_read_is_refused_and_hurts_nothing()
    {
        SkipIf(StrayAdvanceDeviates);
        await using ConnectedPair pair = await ConnectAsync();

        Assert.Throws<InvalidOperationException>(() => pair.Server.Input.AdvanceTo(default));

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task Reading_after_Complete_is_refused_and_sending_goes_on()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Server.Input.CompleteAsync().Guarded();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Server.Input.ReadAsync().Guarded());
        Assert.Throws<InvalidOperationException>(() => pair.Server.Input.TryRead(out _));

        await pair.Server.Output.WriteTextAsync("still here");
        (await pair.Client.Input.ReadTextAsync(10)).Should().Be("still here");
    }

    [Fact]
    public async Task Writing_after_Complete_is_refused_and_receiving_goes_on()
    {
        SkipIf(NoHalfClose);
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.CompleteAsync().Guarded();

        Assert.Throws<InvalidOperationException>(() => pair.Client.Output.GetMemory());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Client.Output.WriteAsync(new byte[1]).Guarded());

        await pair.Server.Output.WriteTextAsync("still here");
        (await pair.Client.Input.ReadTextAsync(10)).Should().Be("still here");
    }

    [Fact]
    public async Task Completing_again_changes_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await EndSendingAsync(pair.Client);
        await EndSendingAsync(pair.Client);
        await pair.Client.Output.CompleteAsync(new IOException("too late")).Guarded();

        await pair.Server.Input.ShouldEndAsync();
    }
}
