using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class PipeConnectionConformance
{
    [Fact]
    public async Task A_position_of_another_connections_buffer_is_refused_and_hurts_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Server.Output.WriteTextAsync("howdy");
        ReadResult foreign = await pair.Client.Input.ReadAtLeastAsync(5).Guarded();

        await ShouldRefuseAsync(pair, foreign.Buffer.GetPosition(3));

        pair.Client.Input.AdvanceTo(foreign.Buffer.Start);
        (await pair.Client.Input.ReadTextAsync(5)).Should().Be("howdy");
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_position_of_a_pipes_buffer_is_refused_and_hurts_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Pipe pipe = new();
        await pipe.Writer.WriteAsync(new byte[5]).Guarded();

        await ShouldRefuseAsync(pair, (await pipe.Reader.ReadAsync().Guarded()).Buffer.GetPosition(3));

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_position_that_was_made_up_is_refused_and_hurts_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await ShouldRefuseAsync(pair, new ReadOnlySequence<byte>(new byte[5]).GetPosition(3));
        await ShouldRefuseAsync(pair, new SequencePosition("a position", 3));

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    private static async Task ShouldRefuseAsync(ConnectedPair pair, SequencePosition foreign)
    {
        PipeReader input = pair.Server.Input;
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult result = await input.ReadAtLeastAsync(5).Guarded();

        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(foreign)).Message.Should().Contain("not one of the last read");
        Assert.Throws<InvalidOperationException>(() => input.AdvanceTo(result.Buffer.Start, foreign)).Message.Should().Contain("not one of the last read");

        input.AdvanceTo(result.Buffer.Start);
        (await input.ReadTextAsync(5)).Should().Be("hello");
    }
}
