using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>A wait that is cancelled has taken nothing: the next one continues where the last frame ended.</summary>
public sealed class CancellationTests
{
    public static TheoryData<string> Formats => FormatCase.Names;

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Waits_that_are_cancelled_after_every_byte_lose_nothing(string name)
    {
        FormatCase format = FormatCase.Of(name);
        (byte[][] frames, byte[] stream) = format.Random(Payload.NewRandom(3), count: 6);
        Pipe pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        FrameReader reader = new(pipe.Reader, format.Format);
        List<byte[]> read = [];
        for (int i = 0; i < stream.Length; i++)
        {
            await pipe.Writer.WriteAsync(stream.AsMemory(i, 1));
            using CancellationTokenSource source = new();
            ValueTask<bool> wait = reader.WaitToReadAsync(source.Token);
            if (!wait.IsCompleted)
            {
                if (i % 2 == 0) await source.CancelAsync();
                else pipe.Reader.CancelPendingRead();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.AsTask().Guarded());
                continue;
            }

            (await wait).Should().BeTrue();
            while (reader.TryRead(out ReadOnlySequence<byte> frame)) read.Add(frame.ToArray());
        }

        read.Should().BeEquivalentTo(frames, options => options.WithStrictOrdering());
        reader.Position.Should().Be(stream.Length);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_ends_the_wait_even_if_a_frame_is_there()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("one\ntwo\n");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        CancellationToken cancelled = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.WaitToReadAsync(cancelled).AsTask());
        reader.TryRead(out _).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue("the cancelled wait has dropped nothing");
    }

    [Fact]
    public async Task A_cancelled_read_that_brings_a_frame_throws_first_and_delivers_it_after()
    {
        PieceReader pieces = new("one\ntwo\n"u8.ToArray(), [100]);
        FrameReader reader = new(pieces, FrameFormat.Lines(8));
        (await reader.WaitToReadAsync()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
        reader.Release();
        pieces.CancelPendingRead();
        await Assert.ThrowsAsync<OperationCanceledException>(() => reader.WaitToReadAsync().AsTask());
        pieces.IsReading.Should().BeFalse();
        (await reader.WaitToReadAsync()).Should().BeTrue();
        reader.TryRead(out ReadOnlySequence<byte> frame).Should().BeTrue();
        frame.ToArray().Should().Equal("two"u8.ToArray());
    }

    [Fact]
    public async Task An_enumeration_that_is_cancelled_is_continued_by_the_next_one()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("one\ntw");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        using CancellationTokenSource source = new();
        List<string> read = [];
        Exception? thrown = await Record.ExceptionAsync(async () =>
        {
            await foreach (ReadOnlySequence<byte> frame in reader.ReadAllAsync(source.Token))
            {
                read.Add(Encoding.ASCII.GetString(frame));
                await source.CancelAsync();
            }
        }).Guarded();
        thrown.Should().BeAssignableTo<OperationCanceledException>();
        await pipe.Writer.WriteTextAsync("o\n");
        await pipe.Writer.CompleteAsync();
        await foreach (ReadOnlySequence<byte> frame in reader) read.Add(Encoding.ASCII.GetString(frame));
        read.Should().Equal("one", "two");
    }

    [Fact]
    public async Task Other_code_may_read_the_pipe_after_a_cancelled_wait_and_the_search_begins_anew()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("no end of line yet");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(100));
        using CancellationTokenSource source = new();
        ValueTask<bool> wait = reader.WaitToReadAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.AsTask().Guarded());
        await pipe.Writer.WriteTextAsync("a\nb\n");
        (await pipe.Reader.ReadTextAsync(18)).Should().Be("no end of line yet");
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        reader.TryRead(out ReadOnlySequence<byte> frame).Should().BeTrue();
        frame.ToArray().Should().Equal("a"u8.ToArray());
    }
}
