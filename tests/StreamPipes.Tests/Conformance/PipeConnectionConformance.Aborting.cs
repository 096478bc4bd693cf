using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class PipeConnectionConformance
{
    [Fact]
    public async Task Abort_throws_the_same_object_everywhere()
    {
        await using ConnectedPair pair = await ConnectAsync();
        InvalidDataException reason = new("that is no frame");

        pair.ClientConnection.Abort(reason);

        await ShouldThrowEverywhereAsync(pair.ClientConnection, reason);
        pair.ClientConnection.CloseReason.Should().Be(CloseReason.Aborted);
    }

    [Fact]
    public async Task Abort_ends_a_pending_read()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Client.Input.ReadAsync().AsTask();
        InvalidDataException reason = new("enough");

        pair.ClientConnection.Abort(reason);

        (await Assert.ThrowsAsync<InvalidDataException>(() => read.Guarded())).Should().BeSameAs(reason);
    }

    [Fact]
    public async Task Abort_ends_a_flush_that_waits_for_a_peer_that_does_not_read()
    {
        await using ConnectedPair pair = await ConnectAsync();
        StuckFlush stuck = await StuckFlush.OverflowAsync(pair.Client.Output);
        InvalidDataException reason = new("enough");

        pair.ClientConnection.Abort(reason);

        (await Assert.ThrowsAsync<InvalidDataException>(() => stuck.Flush.Guarded())).Should().BeSameAs(reason);
        (await Assert.ThrowsAsync<InvalidDataException>(() => pair.ClientConnection.Completion.Guarded())).Should().BeSameAs(reason);
    }

    [Fact]
    public async Task Abort_drops_what_was_received_and_not_read()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Server.Output.WriteTextAsync("never to be seen");
        ReadResult result = await pair.Client.Input.ReadAsync().Guarded();
        pair.Client.Input.AdvanceTo(result.Buffer.Start);
        InvalidDataException reason = new("enough");

        pair.ClientConnection.Abort(reason);

        await ShouldThrowEverywhereAsync(pair.ClientConnection, reason);
    }

    [Fact]
    public async Task Abort_without_a_reason_makes_an_IOException()
    {
        await using ConnectedPair pair = await ConnectAsync();

        pair.ClientConnection.Abort();

        IOException reason = await Assert.ThrowsAnyAsync<IOException>(() => pair.ClientConnection.Completion.Guarded());
        await ShouldThrowEverywhereAsync(pair.ClientConnection, reason);
    }

    [Fact]
    public async Task The_first_abort_wins_among_many_threads()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Exception[] reasons = [.. Enumerable.Range(0, 8).Select(i => new InvalidDataException($"reason {i}"))];

        await Task.WhenAll(reasons.Select(reason => Task.Run(() => pair.ClientConnection.Abort(reason)))).Guarded();

        InvalidDataException winner = await Assert.ThrowsAsync<InvalidDataException>(() => pair.ClientConnection.Completion.Guarded());
        reasons.Should().Contain(reason => ReferenceEquals(reason, winner));
        await ShouldThrowEverywhereAsync(pair.ClientConnection, winner);
    }

    [Fact]
    public async Task Abort_after_the_connection_has_ended_does_nothing()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await CloseAsync(pair);
        CloseReason before = pair.ClientConnection.CloseReason;

        pair.ClientConnection.Abort(new InvalidDataException("too late"));

        pair.ClientConnection.CloseReason.Should().Be(before).And.NotBe(CloseReason.Aborted);
        await pair.ClientConnection.Completion.Guarded();
    }

    [Fact]
    public async Task Completing_the_output_with_an_exception_aborts()
    {
        await using ConnectedPair pair = await ConnectAsync();
        InvalidDataException reason = new("the source of this message broke");
        pair.Client.Output.Put("half a mess"u8);

        pair.Client.Output.Complete(reason);

        (await Assert.ThrowsAsync<InvalidDataException>(() => pair.ClientConnection.Completion.Guarded())).Should().BeSameAs(reason);
        (await Assert.ThrowsAsync<InvalidDataException>(() => pair.Client.Input.ReadAsync().Guarded())).Should().BeSameAs(reason);
        pair.ClientConnection.CloseReason.Should().Be(CloseReason.Aborted);
    }

    [Fact]
    public async Task Completing_the_input_with_an_exception_is_no_abort()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await pair.Client.Input.CompleteAsync(new InvalidDataException("the parser's own affair")).Guarded();

        await pair.Client.Output.WriteTextAsync("still sending");
        (await pair.Server.Input.ReadTextAsync(13)).Should().Be("still sending");
        pair.ClientConnection.CloseReason.Should().Be(CloseReason.None);
    }

    [Fact]
    public async Task The_peer_of_an_aborted_connection_gets_an_error_and_not_the_end()
    {
        SkipIf(AbortLooksLikeTheEnd);
        await using ConnectedPair pair = await ConnectAsync();
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);

        pair.ClientConnection.Abort();

        Exception thrown = await Thrown.SurelyByAsync(() => pair.Server.Input.ReadAsync().Guarded());
        thrown.Should().BeAssignableTo(TransportError);
        await ShouldThrowEverywhereAsync(pair.ServerConnection, thrown);
        pair.ServerConnection.CloseReason.Should().Be(CloseReason.ReadFault);
    }

    [Fact]
    public async Task The_peer_of_an_aborted_connection_does_not_wait_for_ever()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Server.Input.ReadAsync().AsTask();

        pair.ClientConnection.Abort();

        await Task.WhenAny(read).Guarded();
        if (read.IsCompletedSuccessfully) (await read).IsCompleted.Should().BeTrue();
        else (await Thrown.SurelyByAsync(() => read)).Should().BeAssignableTo(TransportError);
    }

    private static async Task ShouldThrowEverywhereAsync(PipeConnection connection, Exception reason)
    {
        (await Thrown.SurelyByAsync(() => connection.Input.ReadAsync().Guarded())).Should().BeSameAs(reason);
        (await Thrown.SurelyByAsync(() => connection.Output.WriteAsync(new byte[1]).Guarded())).Should().BeSameAs(reason);
        (await Thrown.SurelyByAsync(() => connection.Output.FlushAsync().Guarded())).Should().BeSameAs(reason);
        (await Thrown.SurelyByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(reason);
    }
}
