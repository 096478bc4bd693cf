using System.IO.Pipelines;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Stacking;

/// <summary>A wait that is cancelled, at the top or under it, never looks like the end and loses nothing.</summary>
public sealed class StackCancellationTests
{
    [Fact]
    public async Task CancelPendingRead_at_the_top_cancels_that_read_and_no_other()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        for (int i = 0; i < 20; i++)
        {
            ValueTask<ReadResult> read = client.Top.Input.ReadAsync();
            client.Top.Input.CancelPendingRead();
            ReadResult result = await read.Guarded();
            result.IsCanceled.Should().BeTrue();
            result.IsCompleted.Should().BeFalse();
            client.Top.Input.AdvanceTo(result.Buffer.Start);
            await PipeExtensions.ShouldTalkAsync(client.Top, server.Top);
        }

        await Stack.DisposeBothAsync(client, server);
    }

    [Fact]
    public async Task A_token_cancels_a_read_at_the_top_and_nothing_below_notices()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        for (int i = 0; i < 20; i++)
        {
            using CancellationTokenSource source = new();
            Task<ReadResult> read = client.Top.Input.ReadAsync(source.Token).AsTask();
            await source.CancelAsync();
            (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded())).CancellationToken.Should().Be(source.Token);
            await PipeExtensions.ShouldTalkAsync(client.Top, server.Top);
        }

        await Stack.DisposeBothAsync(client, server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flush_cancelled_at_the_top_still_sends_every_byte_once(bool byToken)
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        using CancellationTokenSource source = new();
        StuckFlush stuck = await StuckFlush.OverflowAsync(client.Top.Output, source.Token);

        if (byToken)
        {
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck.Flush.Guarded());
        }
        else
        {
            client.Top.Output.CancelPendingFlush();
            (await stuck.Flush.Guarded()).IsCanceled.Should().BeTrue();
        }

        Task<byte[]> received = server.Top.Input.TakeAllAsync();
        await client.Top.Output.CompleteAsync().Guarded();
        Payload.HashOf(await received.Guarded()).Should().Be(Payload.HashOf(stuck.ExpectedBytes));
        await Stack.DisposeBothAsync(client, server);
    }

    [Fact]
    public async Task A_read_cancelled_under_the_TLS_layer_is_an_error_at_the_top_and_no_end()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        await server.Top.Output.WriteTextAsync("before");
        (await client.Top.Input.PeekTextAsync(0)).Should().Be("before");

        client.Bottom.Input.CancelPendingRead();

        (await client.Top.Input.ReadTextAsync(6)).Should().Be("before");
        IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => client.Top.Input.ReadAsync().Guarded());
        thrown.InnerException.Should().BeAssignableTo<OperationCanceledException>("that is how SslStream passes it on");
        (await Assert.ThrowsAnyAsync<IOException>(() => client.Top.Completion.Guarded())).Should().BeSameAs(thrown);
        client.Top.CloseReason.Should().Be(CloseReason.ReadFault);
        await client.AllEndedAsync();
        await server.DisposeAsync().AsTask().Guarded();
    }

    [Fact]
    public async Task A_read_cancelled_between_the_layers_is_an_error_at_the_top_and_no_end()
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();

        client.Middle.Input.CancelPendingRead();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Top.Input.ReadAsync().Guarded());
        client.Top.CloseReason.Should().Be(CloseReason.ReadFault);
        await client.AllEndedAsync();
        await server.DisposeAsync().AsTask().Guarded();
    }
}
