using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    [Fact]
    public async Task What_was_not_examined_comes_back_at_once()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult first = await pair.Server.Input.ReadAsync().Guarded();
        pair.Server.Input.AdvanceTo(first.Buffer.Start);

        (await pair.Server.Input.ReadTextAsync(5)).Should().Be("hello");
    }

    [Fact]
    public async Task What_was_examined_waits_for_more_and_is_kept()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("hello");
        PipeReader input = pair.Server.Input;
        ReadResult first = await input.ReadAtLeastAsync(5).Guarded();
        input.AdvanceTo(first.Buffer.Start, first.Buffer.End);

        Task<ReadResult> second = input.ReadAsync().AsTask();
        second.IsCompleted.Should().BeFalse("all there is was examined");
        await pair.Client.Output.WriteTextAsync(" world");

        ReadResult result = await second.Guarded();
        Encoding.UTF8.GetString(result.Buffer).Should().StartWith("hello ");
        input.AdvanceTo(result.Buffer.GetPosition(6));
        (await input.ReadTextAsync(5)).Should().Be("world");
    }

    [Fact]
    public async Task What_was_examined_may_be_taken_back()
    {
        SkipIf(ExaminedCannotGoBack);
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("hello");
        PipeReader input = pair.Server.Input;
        ReadResult first = await input.ReadAtLeastAsync(5).Guarded();
        input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        await pair.Client.Output.WriteTextAsync(" world");

        ReadResult second = await input.ReadAsync().Guarded();
        input.AdvanceTo(second.Buffer.Start);

        (await input.ReadTextAsync(11)).Should().Be("hello world");
    }

    [Fact]
    public async Task What_was_consumed_does_not_come_back()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("one,two");

        (await pair.Server.Input.ReadTextAsync(4)).Should().Be("one,");
        (await pair.Server.Input.ReadTextAsync(3)).Should().Be("two");
    }

    [Fact]
    public async Task TryRead_says_whether_there_is_something_new()
    {
        await using ConnectedPair pair = await ConnectAsync();
        PipeReader input = pair.Server.Input;
        input.TryRead(out _).Should().BeFalse();

        await pair.Client.Output.WriteTextAsync("hello");
        ReadResult all = await input.ReadAtLeastAsync(5).Guarded();
        input.AdvanceTo(all.Buffer.Start);

        input.TryRead(out ReadResult result).Should().BeTrue();
        Encoding.UTF8.GetString(result.Buffer).Should().Be("hello");
        input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        input.TryRead(out _).Should().BeFalse();
        (await EndAndTakeAsync(pair)).Should().Equal("hello"u8.ToArray());
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
    public async Task The_end_comes_after_every_byte_and_is_reported_again_and_again()
    {
        await using ConnectedPair pair = await ConnectAsync();
        await pair.Client.Output.WriteTextAsync("last words");
        await EndSendingAsync(pair.Client);

        (await pair.Server.Input.ReadTextAsync(10)).Should().Be("last words");
        for (int i = 0; i < 3; i++) await pair.Server.Input.ShouldEndAsync();
    }

    [Fact]
    public async Task A_pending_read_sees_the_end()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task<ReadResult> read = pair.Server.Input.ReadAsync().AsTask();

        await EndSendingAsync(pair.Client);

        ReadResult result = await read.Guarded();
        result.IsCompleted.Should().BeTrue();
        result.Buffer.IsEmpty.Should().BeTrue();
        pair.Server.Input.AdvanceTo(result.Buffer.End);
    }

    private async Task<byte[]> EndAndTakeAsync(ConnectedPair pair)
    {
        await EndSendingAsync(pair.Client);
        return await pair.Server.Input.TakeAllAsync();
    }
}
