using System.IO.Pipelines;
using System.Net.Sockets;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Stacking;

/// <summary>The end at one end of a stack, in each of its forms, gets through to the other.</summary>
public sealed class StackEndingTests
{
    [Fact]
    public async Task Half_close_gets_through_both_ways()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        await PipeExtensions.ShouldTalkAsync(client.Top, server.Top);

        await client.Top.Output.WriteTextAsync("question");
        await client.Top.Output.CompleteAsync().Guarded();
        (await server.Top.Input.ReadTextAsync(8)).Should().Be("question");
        await server.Top.Input.ShouldEndAsync();
        await server.Top.Output.WriteTextAsync("answer");
        (await client.Top.Input.ReadTextAsync(6)).Should().Be("answer");
        await server.Top.Output.CompleteAsync().Guarded();
        await client.Top.Input.ShouldEndAsync();

        await client.AllEndedAsync();
        await server.AllEndedAsync();
        await client.Top.Completion.Guarded();
        await server.Top.Completion.Guarded();
        client.Top.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Fact]
    public async Task Half_close_in_the_middle_of_what_the_other_sends_loses_nothing()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        byte[] upload = Payload.Seeded(100_000, seed: 1);
        byte[] download = Payload.Seeded(2_000_000, seed: 2);
        Task sending = Task.WhenAll(SendAsync(client.Top, upload), SendAsync(server.Top, download));
        Task<byte[]> uploaded = server.Top.Input.TakeAllAsync();
        Task<byte[]> downloaded = client.Top.Input.TakeAllAsync();

        Payload.HashOf(await uploaded.Guarded()).Should().Be(Payload.HashOf(upload));
        Payload.HashOf(await downloaded.Guarded()).Should().Be(Payload.HashOf(download));
        await sending.Guarded();
        await client.Top.Completion.Guarded();
        await server.Top.Completion.Guarded();
    }

    [Fact]
    public async Task An_abort_at_the_top_resets_the_socket_at_the_bottom()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        ValueTask<ReadResult> read = server.Top.Input.ReadAsync();
        ValueTask<ReadResult> own = client.Top.Input.ReadAsync();
        InvalidDataException reason = new("That makes no sense.");

        client.Top.Abort(reason);

        (await Assert.ThrowsAsync<InvalidDataException>(() => own.Guarded())).Should().BeSameAs(reason);
        Exception seen = await Assert.ThrowsAnyAsync<IOException>(() => read.Guarded());
        await client.AllEndedAsync();
        await server.AllEndedAsync();
        (seen.GetBaseException() as SocketException)?.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        Exception bottom = await Thrown.SurelyByAsync(() => server.Bottom.Completion.Guarded());
        bottom.GetBaseException().Should().BeOfType<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        Assert.Throws<ObjectDisposedException>(() => client.Socket.Available);
    }

    [Fact]
    public async Task An_abort_at_the_top_gets_through_while_the_bottom_is_stuck_in_a_write()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        StuckFlush stuck = await StuckFlush.OverflowAsync(client.Top.Output);

        client.Top.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => stuck.Flush.Guarded());
        await client.AllEndedAsync();

        // Who does not read does not see that its peer has gone.
        await Assert.ThrowsAnyAsync<IOException>(() => server.Top.Input.TakeAllAsync());
        await server.AllEndedAsync();
    }

    [Fact]
    public async Task An_error_at_the_bottom_comes_out_at_the_top_after_every_byte_before_it()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        await server.Top.Output.WriteTextAsync("last words");
        (await client.Top.Input.PeekTextAsync(0)).Should().Be("last words");

        server.Bottom.Abort();

        (await client.Top.Input.ReadTextAsync(10)).Should().Be("last words");
        IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => client.Top.Input.ReadAsync().Guarded());
        (await Assert.ThrowsAnyAsync<IOException>(() => client.Top.Completion.Guarded())).Should().BeSameAs(thrown);
        client.Top.CloseReason.Should().Be(CloseReason.ReadFault);
        await client.AllEndedAsync();
        await server.AllEndedAsync();
    }

    [Fact]
    public async Task Dispose_at_the_top_closes_the_bottom()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        client.Top.Output.Put("unflushed"u8);

        Task disposing = client.DisposeAsync().AsTask();
        (await server.Top.Input.ReadTextAsync(9)).Should().Be("unflushed");
        await server.Top.Input.ShouldEndAsync();
        await server.DisposeAsync().AsTask().Guarded();
        await disposing.Guarded();

        foreach (PipeConnection layer in new[] { client.Top, client.Middle, client.Bottom }) await layer.Completion.Guarded();
        Assert.Throws<ObjectDisposedException>(() => client.Socket.Available);
    }

    private static async Task SendAsync(PipeConnection connection, byte[] payload)
    {
        foreach (byte[] piece in payload.Chunk(9_999)) await connection.Output.WriteAsync(piece).Guarded();
        await connection.Output.CompleteAsync().Guarded();
    }
}
