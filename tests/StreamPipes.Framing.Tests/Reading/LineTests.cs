using System.IO.Pipelines;
using System.Text;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>Lines end with LF or with CR LF, whichever the peer sends.</summary>
public sealed class LineTests
{
    [Fact]
    public async Task Lines_with_either_end_are_the_same_at_every_cut()
    {
        byte[] stream = "one\ntwo\r\n\n\r\na\rb\r\n\r\r\nlast\n"u8.ToArray();
        Outcome expected = Outcome.Of([.. new[] { "one", "two", "", "", "a\rb", "\r", "last" }.Select(Encoding.ASCII.GetBytes)], error: null, stream.Length);
        for (int cut = 0; cut <= stream.Length; cut++) await FrameReading.ShouldBeAsync(expected, FrameFormat.Lines(8), stream, cut, stream.Length);
        for (int size = 1; size <= stream.Length; size++) await FrameReading.ShouldBeAsync(expected, FrameFormat.Lines(8), stream, size);
    }

    [Theory]
    [InlineData("12345\n", null)]
    [InlineData("12345\r\n", null)]
    [InlineData("1234\r\r\n", null)]
    [InlineData("12345\r\r\n", FrameErrorKind.TooLong)]
    [InlineData("123456\n", FrameErrorKind.TooLong)]
    [InlineData("123456\r\n", FrameErrorKind.TooLong)]
    [InlineData("12345\r", FrameErrorKind.Truncated)]
    [InlineData("12345\rx", FrameErrorKind.TooLong)]
    [InlineData("123456", FrameErrorKind.TooLong)]
    public async Task The_longest_line_has_room_for_either_end(string text, FrameErrorKind? error)
    {
        byte[] stream = Encoding.ASCII.GetBytes(text);
        byte[][] lines = error is null ? [Encoding.ASCII.GetBytes(text[..5])] : [];
        Outcome expected = Outcome.Of(lines, error, error is null ? text.Length : 0);
        for (int size = 1; size <= stream.Length; size++) await FrameReading.ShouldBeAsync(expected, FrameFormat.Lines(5), stream, size);
    }

    [Theory]
    [InlineData("12345\r", false)]
    [InlineData("12345\rx", true)]
    [InlineData("123456", true)]
    public async Task A_line_is_too_long_as_soon_as_neither_end_can_come_in_time(string text, bool isTooLong)
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync(text);
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(5));
        ValueTask<bool> wait = reader.WaitToReadAsync();
        wait.IsFaulted.Should().Be(isTooLong);
        await pipe.Writer.CompleteAsync();
        _ = await Record.ExceptionAsync(() => wait.AsTask().Guarded());
    }

    [Fact]
    public async Task A_line_that_ends_with_CR_cannot_be_written_since_it_would_be_read_without()
    {
        Pipe pipe = new();
        FrameWriter writer = new(pipe.Writer, FrameFormat.Lines(8));
        writer.Write("a\rb"u8);
        foreach (Action write in (Action[])[() => writer.Write("abc\r"u8), () => writer.Write(Segments.Of("abc\r"u8.ToArray(), 1))])
        {
            FrameException error = Assert.Throws<FrameException>(write);
            error.Kind.Should().Be(FrameErrorKind.Malformed);
            error.Message.Should().Be("The frame ends with CR, which would be read as a part of the line's end. Nothing of it was written.");
        }

        Assert.Throws<FrameException>(() => writer.Write(Segments.Of("a\nb"u8.ToArray(), 1))).Message.Should().StartWith("The frame contains its own delimiter");
        await writer.FlushAsync();
        (await pipe.Reader.ReadTextAsync(4)).Should().Be("a\rb\n");
    }
}
