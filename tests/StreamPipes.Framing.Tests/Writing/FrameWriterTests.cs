using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Writing;

/// <summary>A frame is written whole or not at all, and nothing tears the stream.</summary>
public sealed class FrameWriterTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 16, resumeWriterThreshold: 8, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    [Fact]
    public async Task A_frame_over_the_maximum_is_refused_before_its_first_byte_in_every_way()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.LengthPrefix(1, 4));
        await writer.WriteAsync("ok"u8.ToArray());
        byte[] frame = [1, 2, 3, 4, 5];
        foreach (FrameException error in new[]
        {
            Assert.Throws<FrameException>(() => writer.Write(frame)),
            Assert.Throws<FrameException>(() => writer.Write(Segments.Of(frame, 2))),
            await Assert.ThrowsAsync<FrameException>(async () => await writer.WriteAsync(frame)),
            await Assert.ThrowsAsync<FrameException>(async () => await writer.WriteAsync(Segments.Of(frame, 2))),
            Assert.Throws<FrameException>(Fill),
        })
        {
            error.Kind.Should().Be(FrameErrorKind.TooLong);
            error.Position.Should().Be(3);
            error.Length.Should().Be(5);
            error.Message.Should().Be("A frame of 5 bytes is longer than the 4 allowed. Nothing of it was written.");
        }

        await writer.WriteAsync("end"u8.ToArray());
        (await _pipe.Reader.TakeAsync(7)).Should().Equal(2, (byte)'o', (byte)'k', 3, (byte)'e', (byte)'n', (byte)'d');

        void Fill()
        {
            using FrameLease lease = writer.Lease();
            lease.Write(frame);
        }
    }

    [Theory]
    [InlineData("\n", "a\nb", true)]
    [InlineData("\n", "a\rb", false)]
    [InlineData("\n", "ab\n", true)]
    [InlineData("\r\n", "a\r\nb", true)]
    [InlineData("\r\n", "a\nb\r", false)]
    [InlineData("aba", "xxab", true)]
    [InlineData("aba", "xxa", false)]
    [InlineData("--", "x-", true)]
    [InlineData("--", "-x", false)]
    public async Task A_frame_that_would_be_read_as_two_is_refused_in_every_way(string delimiter, string text, bool isRefused)
    {
        FrameFormat format = FrameFormat.Delimiter(Encoding.ASCII.GetBytes(delimiter), 400);
        FrameWriter writer = new(new Pipe().Writer, format);
        byte[] frame = Encoding.ASCII.GetBytes(text);
        foreach (byte[] bytes in (byte[][])[frame, [.. Enumerable.Repeat((byte)'.', 300), .. frame]])
        {
            foreach (Action write in (Action[])
            [
                () => writer.Write(bytes),
                () => writer.Write(Segments.Of(bytes, 1)),
                () => writer.Write(Segments.Of(bytes, 2)),
                () => Fill(bytes, bytes.Length),
                () => Fill(bytes, 1),
                () => Fill(bytes, 299),
            ])
            {
                long before = writer.Position;
                FrameException? error = Record.Exception(write) as FrameException;
                (error is not null).Should().Be(isRefused);
                if (isRefused) writer.Position.Should().Be(before);
                if (error is not null) error.Message.Should().Be("The frame contains its own delimiter and would be read as two. Nothing of it was written.");
            }
        }

        // What is accepted is read as it was written.
        if (isRefused) return;
        Outcome outcome = await FrameReading.ByTryReadAsync(new FrameReader(new PieceReader([.. frame, .. Encoding.ASCII.GetBytes(delimiter)], [1]), format));
        outcome.Frames.Should().Equal(Convert.ToHexString(frame));

        void Fill(byte[] bytes, int piece)
        {
            using FrameLease lease = writer.Lease(sizeHint: 1);
            for (int at = 0; at < bytes.Length; at += piece) lease.Write(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
            lease.Commit();
        }
    }

    [Fact]
    public void A_frame_that_its_format_cannot_express_is_refused_with_the_reason()
    {
        MalformedIn(FrameFormat.FixedSize(4), new byte[3]).Should().Be("A frame of this format has 4 bytes; this one has 3. Nothing of it was written.");
        MalformedIn(FrameFormat.LengthPrefix(new LengthPrefixOptions { Offset = 1, IncludesHeader = true }, 100), new byte[4])
            .Should().Be("A frame of this format begins with its header of 5 bytes; this one has 4. Nothing of it was written.");
        MalformedIn(FrameFormat.LengthPrefix(new LengthPrefixOptions { Adjustment = 3 }, 100), new byte[2]).Should().Be("The prefix of a frame of 2 bytes would be negative. Nothing of it was written.");

        static string MalformedIn(FrameFormat format, byte[] frame)
        {
            FrameWriter writer = new(new Pipe().Writer, format);
            FrameException error = Assert.Throws<FrameException>(() => writer.Write(frame));
            error.Kind.Should().Be(FrameErrorKind.Malformed);
            using FrameLease lease = writer.Lease();
            lease.Write(frame);
            Assert.Throws<FrameException>(lease.Commit).Message.Should().Be(error.Message);
            writer.Position.Should().Be(0);
            return error.Message;
        }
    }

    [Fact]
    public async Task A_lease_that_is_not_committed_leaves_no_trace()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.LengthPrefix(1, 100));
        writer.Write("a"u8);
        using (FrameLease dropped = writer.Lease()) dropped.Write(new byte[60]);
        Action failing = () =>
        {
            using FrameLease lease = writer.Lease();
            lease.Write("half"u8);
            throw new InvalidDataException();
        };
        Assert.Throws<InvalidDataException>(failing);
        writer.Write("b"u8);
        await writer.FlushAsync();
        (await _pipe.Reader.TakeAsync(4)).Should().Equal(1, (byte)'a', 1, (byte)'b');
        writer.Position.Should().Be(4);
    }

    [Fact]
    public async Task A_lease_is_used_once_and_alone()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.Lines(100));
        FrameLease lease = writer.Lease();
        foreach (Action use in (Action[])[() => writer.Write("x"u8), () => writer.Write(Segments.Of([1, 2], 1)), () => writer.Lease()])
        {
            Assert.Throws<InvalidOperationException>(use).Message.Should().Be("A leased frame is being written. Commit or dispose the lease first.");
        }

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.FlushAsync());
        lease.Commit();
        foreach (Action use in (Action[])[() => lease.GetMemory(), () => lease.GetSpan(), () => lease.Advance(0), lease.Commit])
        {
            Assert.Throws<InvalidOperationException>(use).Message.Should().StartWith("This lease has been committed or disposed.");
        }

        lease.Dispose();
        writer.Position.Should().Be(1);
    }

    [Fact]
    public void A_lease_advances_over_what_it_gave_and_no_more()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.LengthPrefix(4, 100_000));
        using FrameLease lease = writer.Lease();
        int given = lease.GetMemory(10).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Advance(given + 1)).Message.Should().StartWith($"There is memory for {given} bytes.");
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.GetMemory(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameWriter(_pipe.Writer, FrameFormat.Lines(1)).Lease(-1));
        lease.Advance(given);
    }

    [Fact]
    public async Task A_writer_whose_pipe_fails_in_mid_frame_writes_nothing_after_it()
    {
        InvalidOperationException fault = new("no memory");
        FrameWriter writer = new(new FailingPipeWriter(_pipe.Writer, fromCall: 3, fault), FrameFormat.LengthPrefix(4, 10_000));
        writer.Write("whole"u8);
        Assert.Throws<InvalidOperationException>(() => writer.Write(new byte[9000])).Should().BeSameAs(fault);
        Assert.Throws<InvalidOperationException>(() => writer.Write("x"u8)).Message.Should().StartWith("The pipe writer has failed in the middle of a frame");
        Assert.Throws<InvalidOperationException>(() => writer.Lease()).Message.Should().StartWith("The pipe writer has failed in the middle of a frame");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.FlushAsync());
        writer.Position.Should().Be(9);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_refuses_the_frame_before_its_first_byte()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.Lines(100));
        CancellationToken cancelled = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.WriteAsync("x"u8.ToArray(), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.WriteAsync(Segments.Of([1, 2], 1), cancelled));
        writer.Position.Should().Be(0);
    }

    [Fact]
    public async Task A_write_waits_while_the_pipe_is_full_and_a_token_ends_the_wait_and_not_the_frame()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.Lines(100));
        using CancellationTokenSource source = new();
        ValueTask<FlushResult> write = writer.WriteAsync(new byte[20], source.Token);
        write.IsCompleted.Should().BeFalse("the pipe holds 16 bytes");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.AsTask().Guarded());
        writer.Position.Should().Be(21);

        ValueTask<FlushResult> next = writer.WriteAsync(new byte[3]);
        next.IsCompleted.Should().BeFalse();
        (await _pipe.Reader.TakeAsync(25)).Should().Equal([.. new byte[20], 10, 0, 0, 0, 10], "each frame is there once");
        (await next.AsTask().Guarded()).IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_write_to_a_reader_that_has_left_says_so()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.Lines(100));
        await _pipe.Reader.CompleteAsync();
        (await writer.WriteAsync("x"u8.ToArray()).Guarded()).IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task Json_is_written_in_place_as_lines_and_read_back()
    {
        Pipe pipe = new();
        FrameWriter writer = new(pipe.Writer, FrameFormat.JsonLines(10_000));
        string[] texts = ["", "one", new string('x', 5000), "zwei\nZeilen"];
        foreach (string text in texts)
        {
            using FrameLease lease = writer.Lease();
            using (Utf8JsonWriter json = new(lease)) JsonSerializer.Serialize(json, text);
            lease.Commit();
        }

        await writer.FlushAsync();
        await pipe.Writer.CompleteAsync();
        List<string?> read = [];
        await foreach (ReadOnlySequence<byte> line in new FrameReader(pipe.Reader, FrameFormat.JsonLines(10_000))) read.Add(Parse(line));
        read.Should().Equal(texts);

        static string? Parse(in ReadOnlySequence<byte> line)
        {
            Utf8JsonReader reader = new(line);
            return JsonSerializer.Deserialize<string>(ref reader);
        }
    }

    [Fact]
    public void An_encoder_that_flushes_in_its_dispose_does_not_hide_that_the_frame_is_too_long()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.JsonLines(100));
        FrameException error = Assert.Throws<FrameException>(Encode);
        error.Kind.Should().Be(FrameErrorKind.TooLong);
        writer.Position.Should().Be(0);

        void Encode()
        {
            using FrameLease lease = writer.Lease();
            using Utf8JsonWriter json = new(lease);
            JsonSerializer.Serialize(json, new string[] { new('x', 90), new('x', 5000) });
            lease.Commit();
        }
    }

    [Fact]
    public void A_frame_that_has_become_too_long_cannot_be_committed_in_part()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.Lines(4));
        using FrameLease lease = writer.Lease();
        lease.Write("123"u8);
        lease.GetSpan(2);
        Assert.Throws<FrameException>(() => lease.Advance(2)).Length.Should().Be(5);
        Assert.Throws<FrameException>(() => lease.Advance(1)).Length.Should().Be(5);
        Assert.Throws<FrameException>(lease.Commit).Length.Should().Be(5);
        writer.Write("next"u8);
        writer.Position.Should().Be(5);
    }

    [Fact]
    public void A_lease_asks_for_as_much_as_frames_had_lately()
    {
        HintPipeWriter pipe = new(new Pipe(new PipeOptions(pauseWriterThreshold: 0)).Writer);
        FrameWriter writer = new(pipe, FrameFormat.LengthPrefix(4, 100_000));
        writer.Write(new byte[10_000]);
        HintOfNext().Should().Be(10_004, "such a frame is to be filled in one block");
        for (int i = 0; i < 40; i++) writer.Write(new byte[10]);
        HintOfNext().Should().BeInRange(14, 20, "small frames are not to take large blocks");
        writer.Write(new byte[100_000]);
        HintOfNext().Should().Be((32 * 1024) + 4, "there is a limit to what is asked for on a guess");
        writer.Lease(50_000).Dispose();
        pipe.LastHint.Should().Be(50_004, "that was no guess");

        int HintOfNext()
        {
            writer.Lease().Dispose();
            return pipe.LastHint;
        }
    }

    [Fact]
    public async Task A_frame_that_fits_the_block_is_filled_in_the_memory_of_the_pipe()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        FrameWriter writer = new(pipe.Writer, FrameFormat.LengthPrefix(4, 10_000));
        using FrameLease lease = writer.Lease();
        Memory<byte> filled = lease.GetMemory(100);
        filled.Span[0] = 42;
        lease.Advance(1);
        lease.Commit();
        await writer.FlushAsync();
        pipe.Reader.TryRead(out ReadResult result).Should().BeTrue();
        filled.Span[0] = 43;
        result.Buffer.ToArray().Should().Equal([0, 0, 0, 1, 43], "the frame is not a copy");
    }
}
