using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>What is wrong with a frame is an exception that says what, where, and how long: as early as it can be known, and never an end.</summary>
public sealed class BadFrameTests
{
    [Fact]
    public async Task A_length_over_the_maximum_is_refused_before_the_frame_arrives()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteAsync(new byte[] { 0, 1, 42, 0, 100 });
        FrameReader reader = new(pipe.Reader, FrameFormat.LengthPrefix(size: 2, maximumLength: 99));
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
        FrameException error = await ErrorOfAsync(reader);
        error.Kind.Should().Be(FrameErrorKind.TooLong);
        error.Position.Should().Be(3);
        error.Length.Should().Be(100);
        error.CanSkip.Should().BeTrue();
        error.Message.Should().Be("The frame at position 3 has 100 bytes, more than the 99 allowed.");
    }

    [Theory]
    [InlineData("123456", true)]
    [InlineData("12345", false)]
    [InlineData("1234\n", false)]
    public async Task A_line_is_too_long_as_soon_as_its_delimiter_can_no_longer_come_in_time(string text, bool isTooLong)
    {
        Pipe pipe = new();
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes("ok\n" + text));
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(maximumLength: 5));
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
        ValueTask<bool> wait = reader.WaitToReadAsync();
        wait.IsFaulted.Should().Be(isTooLong);
        if (!isTooLong)
        {
            await pipe.Writer.CompleteAsync();
            _ = await Record.ExceptionAsync(async () => await wait);
            return;
        }

        FrameException error = (await Assert.ThrowsAsync<FrameException>(async () => await wait)).Should().BeOfType<FrameException>().Which;
        error.Position.Should().Be(3);
        error.Length.Should().Be(-1, "only its delimiter would tell");
        error.Message.Should().Be("The frame at position 3 is longer than the 5 bytes allowed.");
    }

    [Fact]
    public async Task The_longest_frame_allowed_is_read_and_one_byte_more_is_not()
    {
        byte[] longest = [.. Enumerable.Repeat((byte)'x', 5)];
        (await ReadAsync(FrameFormat.CrLfLines(5), [.. longest, 13, 10])).Error.Should().BeNull();
        (await ReadAsync(FrameFormat.CrLfLines(5), [.. longest, 1, 13, 10])).Error.Should().Be(FrameErrorKind.TooLong);
        (await ReadAsync(FrameFormat.VarintPrefix(5), [5, .. longest])).Error.Should().BeNull();
        (await ReadAsync(FrameFormat.VarintPrefix(5), [6, .. longest, 1])).Error.Should().Be(FrameErrorKind.TooLong);
        (await ReadAsync(FrameFormat.LengthPrefix(8, 5), [0, 0, 0, 0, 0, 0, 0, 5, .. longest])).Error.Should().BeNull();
        (await ReadAsync(FrameFormat.LengthPrefix(8, 5), [0, 0, 0, 0, 0, 0, 0, 6, .. longest, 1])).Error.Should().Be(FrameErrorKind.TooLong);
    }

    [Theory]
    [InlineData("80808080808080808002", true)]
    [InlineData("80808080808080808080", true)]
    [InlineData("80808080808080808001", true)]
    [InlineData("FFFFFFFFFFFFFFFFFF0F", false)]
    [InlineData("FFFFFFFFFFFFFFFFFFFF", false)]
    [InlineData("F0FFFFFFFFFFFFFFFF07", false)]
    public async Task A_varint_of_more_than_64_bits_or_of_a_length_beyond_reason_is_malformed(string prefix, bool isLeb128)
    {
        FrameFormat format = isLeb128 ? FrameFormat.VarintPrefix(5) : FrameFormat.SpopVarintPrefix(5);
        Outcome outcome = await ReadAsync(format, [1, 42, .. Convert.FromHexString(prefix), 42]);
        outcome.Should().BeEquivalentTo(Outcome.Of([[42]], FrameErrorKind.Malformed, position: 2));
    }

    [Theory]
    [InlineData("808080808080808040", true)]
    [InlineData("F0FFFFFFFFFFFFFF7F", false)]
    public async Task A_varint_of_a_length_that_could_be_is_too_long(string prefix, bool isLeb128)
    {
        FrameFormat format = isLeb128 ? FrameFormat.VarintPrefix(5) : FrameFormat.SpopVarintPrefix(5);
        Outcome outcome = await ReadAsync(format, Convert.FromHexString(prefix));
        outcome.Should().BeEquivalentTo(Outcome.Of([], FrameErrorKind.TooLong, position: 0));
    }

    [Fact]
    public async Task A_varint_with_more_bytes_than_it_needs_is_read_as_protocol_buffers_do()
    {
        (await ReadAsync(FrameFormat.VarintPrefix(5), [0x82, 0x80, 0x00, 7, 8])).Should().BeEquivalentTo(Outcome.Of([[7, 8]], error: null, 5));
    }

    [Fact]
    public async Task A_prefix_that_counts_itself_and_is_less_than_itself_is_malformed()
    {
        FrameReader reader = Reader(FrameFormat.LengthPrefix(new LengthPrefixOptions { Size = 2, IsInclusive = true }, 100), [0, 3, 42, 0, 1]);
        (await reader.WaitToReadAsync()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
        FrameException error = await ErrorOfAsync(reader);
        error.Kind.Should().Be(FrameErrorKind.Malformed);
        error.Position.Should().Be(3);
        error.CanSkip.Should().BeFalse();
        error.Message.Should().Be("The frame at position 3 is malformed: its prefix announces 1, which is less than what it counts itself.");
    }

    [Fact]
    public async Task A_prefix_of_eight_bytes_may_announce_anything_without_an_overflow()
    {
        foreach (byte[] prefix in (byte[][])[[255, 255, 255, 255, 255, 255, 255, 255], [128, 0, 0, 0, 0, 0, 0, 0], [127, 255, 255, 255, 255, 255, 255, 255]])
        {
            (await ReadAsync(FrameFormat.LengthPrefix(8, 100), [.. prefix, 1, 2, 3])).Error.Should().Be(FrameErrorKind.Malformed);
        }

        (await ReadAsync(FrameFormat.LengthPrefix(8, 100), [0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3])).Error.Should().Be(FrameErrorKind.TooLong);
        (await ReadAsync(FrameFormat.LengthPrefix(new LengthPrefixOptions { Size = 4, Adjustment = int.MaxValue }, int.MaxValue), [255, 255, 255, 255, 1, 2, 3])).Error.Should().Be(FrameErrorKind.TooLong);
    }

    [Fact]
    public async Task The_end_inside_a_frame_tells_how_much_of_it_there_was()
    {
        FrameReader reader = Reader(FrameFormat.Lines(100), Encoding.ASCII.GetBytes("whole\ncut"));
        (await reader.WaitToReadAsync()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
        FrameException error = await ErrorOfAsync(reader);
        error.Kind.Should().Be(FrameErrorKind.Truncated);
        error.Position.Should().Be(6);
        error.CanSkip.Should().BeFalse();
        error.Message.Should().Be("The stream ended inside a frame, 3 bytes after its beginning at position 6.");
    }

    [Fact]
    public async Task The_frames_before_a_bad_one_are_delivered_even_if_all_came_in_one_read()
    {
        Outcome outcome = await ReadAsync(FrameFormat.Lines(3), Encoding.ASCII.GetBytes("a\nbb\nccc\ndddd\neee\n"));
        outcome.Frames.Should().Equal("61", "6262", "636363");
        outcome.Error.Should().Be(FrameErrorKind.TooLong);
        outcome.Position.Should().Be(9);
    }

    [Fact]
    public async Task Every_later_wait_throws_the_first_error_again_and_takes_nothing()
    {
        FrameReader reader = Reader(FrameFormat.Lines(3), Encoding.ASCII.GetBytes("dddd\neee\n"));
        FrameException error = await ErrorOfAsync(reader);
        (await ErrorOfAsync(reader)).Should().BeSameAs(error);
        reader.TryRead(out ReadOnlySequence<byte> frame).Should().BeFalse();
        frame.IsEmpty.Should().BeTrue();
        reader.Position.Should().Be(0);
    }

    [Fact]
    public async Task After_a_bad_frame_a_server_reads_what_is_left_answers_and_closes()
    {
        Pipe request = new();
        Pipe response = new();
        await request.Writer.WriteTextAsync("ok\nmuch too long a line\nmore");
        FrameReader reader = new(request.Reader, FrameFormat.Lines(8));
        FrameWriter writer = new(response.Writer, FrameFormat.Lines(64));
        FrameException error = await Assert.ThrowsAsync<FrameException>(async () =>
        {
            await foreach (ReadOnlySequence<byte> line in reader) await writer.WriteAsync(line.ToArray());
        });
        await writer.WriteAsync(Encoding.ASCII.GetBytes($"error at {error.Position}"));
        await response.Writer.CompleteAsync();

        (await request.Reader.ReadTextAsync(25)).Should().Be("much too long a line\nmore", "nothing of the bad frame is consumed");
        await request.Reader.CompleteAsync();
        (await request.Writer.WriteAsync(new byte[1]).Guarded()).IsCompleted.Should().BeTrue();
        Encoding.ASCII.GetString(await response.Reader.TakeAllAsync()).Should().Be("ok\nerror at 3\n");
    }

    [Fact]
    public async Task A_fault_of_the_connection_surfaces_as_it_is_after_the_frames_before_it()
    {
        Pipe pipe = new();
        InvalidDataException fault = new("the cable");
        await pipe.Writer.WriteTextAsync("one\nhal");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
        await pipe.Writer.CompleteAsync(fault);
        (await Assert.ThrowsAsync<InvalidDataException>(() => reader.WaitToReadAsync().AsTask().Guarded())).Should().BeSameAs(fault);
        reader.Position.Should().Be(4);
    }

    private static FrameReader Reader(FrameFormat format, byte[] stream) => new(new PieceReader(stream, [stream.Length]), format);

    private static async Task<Outcome> ReadAsync(FrameFormat format, byte[] stream)
    {
        Outcome outcome = await FrameReading.ByTryReadAsync(Reader(format, [.. stream]));
        await FrameReading.ShouldBeAsync(outcome, format, stream, 1);
        return outcome;
    }

    private static async Task<FrameException> ErrorOfAsync(FrameReader reader) => await Assert.ThrowsAsync<FrameException>(() => reader.WaitToReadAsync().AsTask().Guarded());
}
