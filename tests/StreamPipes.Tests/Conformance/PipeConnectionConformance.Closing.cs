using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class PipeConnectionConformance
{
    [Fact]
    public async Task Dispose_delivers_everything_and_then_the_end()
    {
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(300_000);
        Task<byte[]> receiving = pair.Server.Input.TakeAllAsync();
        foreach (byte[] piece in payload.Chunk(70_000)) pair.Client.Output.Put(piece);

        Task disposing = pair.ClientConnection.DisposeAsync().AsTask();

        Payload.HashOf(await receiving.Guarded()).Should().Be(Payload.HashOf(payload));
        await pair.ServerConnection.DisposeAsync().Guarded();
        await disposing.Guarded();
    }

    [Fact]
    public async Task Dispose_with_unread_input_does_not_cost_the_peer_what_was_sent()
    {
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(1_000_000);
        await pair.Server.Output.WriteAsync(Payload.Seeded(20_000)).Guarded();
        Task sending = pair.Client.Output.WriteAsync(payload).AsTask();

        Task<byte[]> receiving = pair.Server.Input.TakeAllAsync();
        await sending.Guarded();
        Task disposing = pair.ClientConnection.DisposeAsync().AsTask();

        Payload.HashOf(await receiving.Guarded()).Should().Be(Payload.HashOf(payload));
        await pair.ServerConnection.DisposeAsync().Guarded();
        await disposing.Guarded();
    }

    [Fact]
    public async Task Dispose_may_be_called_again_and_from_many_threads()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task peer = pair.ServerConnection.DisposeAsync().AsTask();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => pair.ClientConnection.DisposeAsync().AsTask()))).Guarded();
        await pair.ClientConnection.DisposeAsync().Guarded();
        await peer.Guarded();

        pair.ClientConnection.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task Dispose_ends_a_pending_read_with_an_exception_and_never_with_the_end()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Client.Input.ReadAsync().AsTask();

        await CloseAsync(pair);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.Guarded());
    }

    [Fact]
    public async Task Dispose_ends_a_pending_copy_with_ObjectDisposedException()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task copying = pair.Client.Input.CopyToAsync(Stream.Null);

        await CloseAsync(pair);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => copying.Guarded());
    }

    [Fact]
    public async Task Completing_the_input_ends_a_pending_read_and_a_pending_copy_with_InvalidOperationException()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Client.Input.ReadAsync().AsTask();
        Task copying = pair.Server.Input.CopyToAsync(Stream.Null);

        pair.Client.Input.Complete();
        pair.Server.Input.Complete();

        await Assert.ThrowsAsync<InvalidOperationException>(() => read.Guarded());
        await Assert.ThrowsAsync<InvalidOperationException>(() => copying.Guarded());
        pair.ClientConnection.CloseReason.Should().Be(CloseReason.None);
    }

    [Fact]
    public async Task Dispose_beside_a_waiting_flush_sends_everything_once_and_the_flush_ends()
    {
        await using ConnectedPair pair = await ConnectAsync(new PipeConnectionOptions { CloseTimeout = TimeSpan.FromMinutes(1) });
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output);

        Task disposing = pair.ClientConnection.DisposeAsync().AsTask();

        Payload.HashOf(await pair.Server.Input.TakeAllAsync()).Should().Be(Payload.HashOf(stuck.ExpectedBytes));
        await stuck.Flush.Guarded();
        await pair.ServerConnection.DisposeAsync().Guarded();
        await disposing.Guarded();
        pair.ClientConnection.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task Completing_the_output_beside_a_waiting_flush_sends_everything_once_and_the_flush_ends()
    {
        await using ConnectedPair pair = await ConnectAsync();
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output);

        Task completing = pair.Client.Output.CompleteAsync().AsTask();
        completing.IsCompleted.Should().BeFalse();

        Payload.HashOf(await pair.Server.Input.TakeAsync(stuck.Written)).Should().Be(Payload.HashOf(stuck.ExpectedBytes));
        await stuck.Flush.Guarded();
        await completing.Guarded();
    }

    [Fact]
    public async Task Dispose_throws_nothing_after_the_peer_has_aborted()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
        pair.ServerConnection.Abort();

        await pair.ClientConnection.DisposeAsync().Guarded();
        await pair.ServerConnection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task Completing_both_ends_ends_the_connection()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("bye");
        pair.Client.Output.Complete();
        pair.Client.Input.Complete();

        (await pair.Server.Input.TakeAllAsync()).Should().Equal("bye"u8.ToArray());
        pair.Server.Output.Complete();
        pair.Server.Input.Complete();

        await pair.ClientConnection.Completion.Guarded();
        await pair.ServerConnection.Completion.Guarded();
        pair.ClientConnection.CloseReason.Should().Be(CloseReason.LocalClose);
        pair.ServerConnection.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Fact]
    public async Task An_open_connection_has_no_close_reason()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);

        pair.ClientConnection.CloseReason.Should().Be(CloseReason.None);
        pair.ClientConnection.Completion.IsCompleted.Should().BeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Half_closed_is_not_closed(bool byServer)
    {
        SkipIf(NoHalfClose);
        await using ConnectedPair pair = await ConnectAsync();
        (IDuplexPipe first, IDuplexPipe second) = pair.Ends(byServer);
        await first.Output.CompleteAsync().Guarded();

        await second.Input.ShouldEndAsync();

        foreach (PipeConnection connection in new[] { pair.ClientConnection, pair.ServerConnection })
        {
            connection.Completion.IsCompleted.Should().BeFalse();
            connection.CloseReason.Should().Be(CloseReason.None);
        }
    }

    [Fact]
    public async Task Completing_the_input_leaves_later_bytes_in_the_stream()
    {
        SkipIf(LeaveOpenLeavesNoUse);
        PipeConnectionOptions leaveOpen = new() { LeaveOpen = true };
        await using ConnectedPair pair = await ConnectAsync(serverOptions: leaveOpen);
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);

        pair.Server.Input.Complete();
        pair.Server.Output.Complete();
        await pair.ServerConnection.Completion.Guarded();
        await pair.Client.Output.WriteTextAsync("for somebody else");

        byte[] rest = new byte[17];
        await pair.Streams.Server.ReadExactlyAsync(rest).Guarded();
        rest.Should().Equal("for somebody else"u8.ToArray());
    }

    [Fact]
    public async Task LeaveOpen_flushes_and_leaves_a_stream_that_works_on()
    {
        SkipIf(LeaveOpenLeavesNoUse);
        PipeConnectionOptions leaveOpen = new() { LeaveOpen = true };
        await using ConnectedPair pair = await ConnectAsync(clientOptions: leaveOpen);
        pair.Client.Output.Put("through the pipe, "u8);

        await pair.ClientConnection.DisposeAsync().Guarded();
        pair.ClientConnection.Completion.IsCompletedSuccessfully.Should().BeTrue();
        await pair.Streams.Client.WriteAsync("then by hand"u8.ToArray()).Guarded();
        await pair.Streams.Client.FlushAsync().Guarded();

        (await pair.Server.Input.ReadTextAsync(30)).Should().Be("through the pipe, then by hand");
        await pair.Server.Output.WriteTextAsync("and back");
        byte[] answer = new byte[8];
        await pair.Streams.Client.ReadExactlyAsync(answer).Guarded();
        answer.Should().Equal("and back"u8.ToArray());
    }
}
