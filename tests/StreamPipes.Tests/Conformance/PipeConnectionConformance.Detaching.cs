using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class PipeConnectionConformance
{
    [Fact]
    public async Task A_detached_stream_replays_what_was_unread_and_goes_on()
    {
        SkipIf(CannotDetach);
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("read, unread");
        (await pair.Server.Input.ReadTextAsync(6)).Should().Be("read, ");

        DetachedStream detached = await pair.ServerConnection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().Be(6);
        byte[] rest = new byte[13];
        await pair.Client.Output.WriteTextAsync(", later");
        await detached.Stream.ReadExactlyAsync(rest).Guarded();
        rest.Should().Equal("unread, later"u8.ToArray());
        await detached.Stream.WriteAsync("answer"u8.ToArray()).Guarded();
        await detached.Stream.FlushAsync().Guarded();
        (await pair.Client.Input.ReadTextAsync(6)).Should().Be("answer");
        await LetGoAsync(pair, detached);
    }

    [Fact]
    public async Task Detaching_sends_what_was_flushed_first()
    {
        SkipIf(CannotDetach);
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(60_000);
        await pair.Server.Output.WriteAsync(payload).Guarded();
        Task<byte[]> receiving = pair.Client.Input.TakeAsync(payload.Length + 1);

        DetachedStream detached = await pair.ServerConnection.DetachAsync().Guarded();
        await detached.Stream.WriteAsync("!"u8.ToArray()).Guarded();
        await detached.Stream.FlushAsync().Guarded();

        (await receiving.Guarded()).Should().Equal([.. payload, (byte)'!']);
        detached.UnreadBytes.Should().Be(0);
        await LetGoAsync(pair, detached);
    }

    [Fact]
    public async Task A_detached_connection_has_ended()
    {
        SkipIf(CannotDetach);
        await using ConnectedPair pair = await ConnectAsync();

        DetachedStream detached = await pair.ServerConnection.DetachAsync().Guarded();

        await pair.ServerConnection.Completion.Guarded();
        pair.ServerConnection.CloseReason.Should().Be(CloseReason.Detached);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Server.Input.ReadAsync().Guarded());
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Server.Output.WriteAsync(new byte[1]).Guarded());
        await pair.ServerConnection.DisposeAsync().Guarded();
        detached.Stream.CanRead.Should().BeTrue("it is the caller's");
        await LetGoAsync(pair, detached);
    }

    /// <summary>The peer abandons, so that no dispose waits for its close.</summary>
    private static async Task LetGoAsync(ConnectedPair pair, DetachedStream detached)
    {
        pair.ClientConnection.Abort();
        await detached.Stream.DisposeAsync().Guarded();
    }
}
