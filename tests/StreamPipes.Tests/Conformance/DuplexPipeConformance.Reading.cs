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

    [Fact]
    public async Task TryRead_reports_the_end_again_and_again()
    {
        SkipIf(TryReadAtTheEndDeviates);
        await using ConnectedPair pair = await ConnectAsync();
        await EndSendingAsync(pair.Client);
        await pair.Server.Input.ShouldEndAsync();

        for (int i = 0; i < 3; i++)
        {
            pair.Server.Input.TryRead(out ReadResult result).Should().BeTrue();
            result.IsCompleted.Should().BeTrue();
            result.Buffer.IsEmpty.Should().BeTrue();
            pair.Server.Input.AdvanceTo(result.Buffer.End);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(4095, 1)]
    public async Task Bytes_taken_in_steps_of_any_size_are_the_bytes_sent(int consumed, int lookAhead)
    {
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(consumed == 1 ? 3000 : 200_000);
        Task sending = SendAsync(pair.Client.Output, payload, seed: 8);
        ArrayBufferWriter<byte> received = new(payload.Length);

        while (received.WrittenCount < payload.Length)
        {
            ReadResult result = await pair.Server.Input.ReadAsync().Guarded();
            ReadOnlySequence<byte> step = result.Buffer.Slice(0, Math.Min(consumed, result.Buffer.Length));
            SequencePosition examined = result.Buffer.GetPosition(Math.Min(step.Length + lookAhead, result.Buffer.Length));
            foreach (ReadOnlyMemory<byte> memory in step) received.Write(memory.Span);
            bool isLast = received.WrittenCount + result.Buffer.Length - step.Length == payload.Length;
            pair.Server.Input.AdvanceTo(step.End, isLast ? step.End : examined);
        }

        await sending.Guarded();
        received.WrittenSpan.SequenceEqual(payload).Should().BeTrue();
    }

    private async Task<byte[]> EndAndTakeAsync(ConnectedPair pair)
    {
        await EndSendingAsync(pair.Client);
        return await pair.Server.Input.TakeAllAsync();
    }
}
