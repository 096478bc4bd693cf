using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    [Fact]
    public async Task ReadAtLeast_counts_what_was_examined_and_kept()
    {
        SkipIf(ReadAtLeastForgetsWhatWasKept);
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult kept = await input.ReadAtLeastAsync(5).Guarded();
        input.AdvanceTo(kept.Buffer.Start, kept.Buffer.End);

        await pair.Client.Output.WriteTextAsync("!");

        ReadResult result = await input.ReadAtLeastAsync(6).Guarded();
        Encoding.UTF8.GetString(result.Buffer).Should().Be("hello!");
        input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task ReadAtLeast_refuses_a_negative_size()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await pair.Server.Input.ReadAtLeastAsync(-1).Guarded());

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task ReadAtLeast_of_nothing_is_a_read()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Server.Input.ReadAtLeastAsync(0).AsTask();

        await pair.Client.Output.WriteTextAsync("x");

        ReadResult result = await read.Guarded();
        Encoding.UTF8.GetString(result.Buffer).Should().Be("x");
        pair.Server.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task ReadAtLeast_waits_for_that_many_bytes()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Server.Input.ReadAtLeastAsync(100_000).AsTask();

        await pair.Client.Output.WriteAsync(Payload.Seeded(99_999)).Guarded();
        await pair.Client.Output.WriteAsync(new byte[1]).Guarded();

        ReadResult result = await read.Guarded();
        result.Buffer.Length.Should().Be(100_000);
        pair.Server.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task ReadAtLeast_gives_what_there_is_at_the_end()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("short");
        await EndSendingAsync(pair.Client);

        ReadResult result = await pair.Server.Input.ReadAtLeastAsync(100).Guarded();

        result.IsCompleted.Should().BeTrue();
        Encoding.UTF8.GetString(result.Buffer).Should().Be("short");
        pair.Server.Input.AdvanceTo(result.Buffer.End);
    }
}
