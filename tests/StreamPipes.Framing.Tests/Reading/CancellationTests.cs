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

    [Fact]
    public async Task A_server_that_stops_while_it_is_busy_takes_what_has_arrived_meanwhile()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("one\ntw");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
        reader.TryRead(out _).Should().BeFalse();
        await pipe.Writer.WriteTextAsync("o\nthree\nfo");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.WaitToReadAsync(new CancellationToken(canceled: true)).AsTask());
        TextsOf(reader).Should().Equal("two", "three");
        reader.Position.Should().Be(14);

        await pipe.Writer.WriteTextAsync("ur\n");
        reader.TryRead(out _).Should().BeFalse("a peer that keeps sending is not to detain a server that stops");
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        TextsOf(reader).Should().Equal("four");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Frames_that_arrive_after_a_wait_was_cancelled_can_be_taken(bool isByToken)
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("on");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        await CancelAsync(reader, pipe, isByToken);
        await pipe.Writer.WriteTextAsync("e\ntwo\n");
        TextsOf(reader).Should().Equal("one", "two");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_code_gets_what_had_arrived_at_once_after_a_cancelled_wait(bool isByToken)
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("half a line");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(100));
        await CancelAsync(reader, pipe, isByToken);
        pipe.Reader.TryRead(out ReadResult result).Should().BeTrue("the bytes are not examined");
        Encoding.ASCII.GetString(result.Buffer).Should().Be("half a line");
        result.IsCanceled.Should().BeFalse();
        pipe.Reader.AdvanceTo(result.Buffer.Start);
    }

    [Fact]
    public async Task A_cancellation_that_comes_while_frames_are_taken_is_for_the_next_wait()
    {
        Pipe pipe = new();
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        await CancelAsync(reader, pipe, isByToken: true);
        await pipe.Writer.WriteTextAsync("one\n");
        pipe.Reader.CancelPendingRead();
        TextsOf(reader).Should().Equal("one");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.WaitToReadAsync().AsTask().Guarded());
    }

    [Fact]
    public async Task A_fault_after_a_cancelled_wait_is_thrown_by_the_next_wait_and_not_by_TryRead()
    {
        Pipe pipe = new();
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        await CancelAsync(reader, pipe, isByToken: true);
        await pipe.Writer.CompleteAsync(new InvalidDataException("the cable"));
        reader.TryRead(out _).Should().BeFalse();
        await Assert.ThrowsAsync<InvalidDataException>(() => reader.WaitToReadAsync().AsTask().Guarded());
    }

    [Fact]
    public async Task A_loop_that_was_cancelled_can_be_followed_by_what_has_arrived()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("one\n");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        using CancellationTokenSource source = new();
        List<string> read = [];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ReadOnlySequence<byte> frame in reader.ReadAllAsync(source.Token))
            {
                read.Add(Encoding.ASCII.GetString(frame));
                await pipe.Writer.WriteTextAsync("two\nth");
                await source.CancelAsync();
            }
        });
        read.AddRange(TextsOf(reader));
        read.Should().Equal("one", "two");
    }

    [Theory]
    [InlineData("tail\nnext\n", new[] { "next" })]
    [InlineData("tail", new string[0])]
    public async Task A_frame_that_is_being_skipped_when_a_wait_is_cancelled_is_skipped_on_by_TryRead(string arrived, string[] expected)
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("much too long a line");
        List<long> skipped = [];
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8)) { OnError = _ => FrameErrorAction.Skip, OnSkipped = error => skipped.Add(error.Length) };
        await CancelAsync(reader, pipe, isByToken: true);
        await pipe.Writer.WriteTextAsync(arrived);
        TextsOf(reader).Should().Equal(expected);
        skipped.Should().Equal(expected.Select(_ => 24L));
        await pipe.Writer.WriteTextAsync("\nlast\n");
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
    }

    [Fact]
    public async Task After_a_release_TryRead_leaves_the_pipe_to_other_code()
    {
        Pipe pipe = new();
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        await CancelAsync(reader, pipe, isByToken: true);
        reader.Release();
        await pipe.Writer.WriteTextAsync("one\n");
        reader.TryRead(out _).Should().BeFalse();
        (await pipe.Reader.ReadTextAsync(4)).Should().Be("one\n");
    }

    private static async Task CancelAsync(FrameReader reader, Pipe pipe, bool isByToken)
    {
        using CancellationTokenSource source = new();
        ValueTask<bool> wait = reader.WaitToReadAsync(source.Token);
        wait.IsCompleted.Should().BeFalse();
        if (isByToken) await source.CancelAsync();
        else pipe.Reader.CancelPendingRead();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.AsTask().Guarded());
    }

    private static List<string> TextsOf(FrameReader reader)
    {
        List<string> texts = [];
        while (reader.TryRead(out ReadOnlySequence<byte> frame)) texts.Add(Encoding.ASCII.GetString(frame));
        return texts;
    }
}
