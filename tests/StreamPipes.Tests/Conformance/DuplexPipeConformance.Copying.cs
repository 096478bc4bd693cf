using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    [Fact]
    public async Task CopyTo_a_stream_copies_up_to_the_end()
    {
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(300_000);
        using MemoryStream destination = new();
        Task copying = pair.Server.Input.CopyToAsync(destination);

        await SendAsync(pair.Client.Output, payload, seed: 1);
        await EndSendingAsync(pair.Client);

        await copying.Guarded();
        destination.ToArray().AsSpan().SequenceEqual(payload).Should().BeTrue();
    }

    [Fact]
    public async Task CopyTo_a_pipe_copies_up_to_the_end()
    {
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(300_000);
        Pipe destination = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        Task copying = pair.Server.Input.CopyToAsync(destination.Writer);

        await SendAsync(pair.Client.Output, payload, seed: 1);
        await EndSendingAsync(pair.Client);

        await copying.Guarded();
        await destination.Writer.CompleteAsync();
        (await destination.Reader.TakeAllAsync()).AsSpan().SequenceEqual(payload).Should().BeTrue();
    }

    [Fact]
    public async Task A_copy_to_nowhere_is_refused()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await Assert.ThrowsAsync<ArgumentNullException>(() => pair.Server.Input.CopyToAsync((Stream)null!).Guarded());
        await Assert.ThrowsAsync<ArgumentNullException>(() => pair.Server.Input.CopyToAsync((PipeWriter)null!).Guarded());

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_token_ends_a_copy_and_loses_no_byte()
    {
        SkipIf(CancelledCopyDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        using MemoryStream destination = new();
        Task copying = pair.Server.Input.CopyToAsync(destination, source.Token);
        await pair.Client.Output.WriteTextAsync("copied?");

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying.Guarded());
        if (destination.Length < 7) destination.Write(await pair.Server.Input.TakeAsync(7 - (int)destination.Length));
        destination.ToArray().Should().Equal("copied?"u8.ToArray());
    }

    [Fact]
    public async Task CancelPendingRead_ends_a_copy_with_OperationCanceledException()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task copying = pair.Server.Input.CopyToAsync(new MemoryStream());

        pair.Server.Input.CancelPendingRead();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying.Guarded());
        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
    }

    [Fact]
    public async Task A_destination_that_fails_ends_the_copy_with_its_own_exception()
    {
        await using ConnectedPair pair = await ConnectAsync();
        IOException full = new("the disk is full");
        ScriptedStream destination = new ScriptedStream().Fail(StreamOperation.Write, full);
        Task copying = pair.Server.Input.CopyToAsync(destination);

        await pair.Client.Output.WriteTextAsync("hello");

        (await Assert.ThrowsAsync<IOException>(() => copying.Guarded())).Should().BeSameAs(full);
        await pair.Server.Output.WriteTextAsync("still here");
        (await pair.Client.Input.ReadTextAsync(10)).Should().Be("still here");
    }
}
