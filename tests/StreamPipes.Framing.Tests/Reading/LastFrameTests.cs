using System.Text;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>With <see cref="FrameReader.AllowUnterminatedLastFrame"/> the end of the stream stands for the last delimiter.</summary>
public sealed class LastFrameTests
{
    [Theory]
    [InlineData("one\nlast", "lines", "last")]
    [InlineData("one\r\nlast", "CR LF", "last")]
    [InlineData("one\nlast\r", "lines", "last")]
    [InlineData("one\nlast\r", "LF", "last\r")]
    [InlineData("one\r\nlast\r", "CR LF", "last\r")]
    [InlineData("oneabalastab", "aba", "lastab")]
    [InlineData("one\n\r", "lines", "")]
    [InlineData("one\n12345678", "lines", "12345678")]
    [InlineData("one\n12345678\r", "lines", "12345678")]
    public async Task The_last_frame_may_lack_its_delimiter_at_every_cut(string text, string format, string last) =>
        await ShouldBeAsync(text, format, ["one", last], error: null, text.Length);

    [Theory]
    [InlineData("one\n", "lines")]
    [InlineData("one\r\n", "CR LF")]
    [InlineData("oneaba", "aba")]
    public async Task An_end_behind_a_delimiter_brings_no_empty_frame(string text, string format) => await ShouldBeAsync(text, format, ["one"], error: null, text.Length);

    [Theory]
    [InlineData("one\n123456789", "lines")]
    [InlineData("one\r\n123456789", "CR LF")]
    [InlineData("one\r\n12345678\r", "CR LF")]
    [InlineData("oneaba123456789", "aba")]
    public async Task A_last_frame_over_the_maximum_is_too_long_with_or_without_its_delimiter(string text, string format) =>
        await ShouldBeAsync(text, format, ["one"], FrameErrorKind.TooLong, text.IndexOf('1', StringComparison.Ordinal));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_last_frame_in_a_format_without_a_delimiter_is_never_complete_without_its_last_byte(bool isFixed)
    {
        FrameFormat format = isFixed ? FrameFormat.FixedSize(4) : FrameFormat.LengthPrefix(1, 8);
        FrameReader reader = new(new PieceReader([3, 1, 2, 3, 3, 1, 2], [1]), format) { AllowUnterminatedLastFrame = true };
        Outcome outcome = await FrameReading.ByTryReadAsync(reader);
        outcome.Frames.Should().ContainSingle();
        outcome.Error.Should().Be(FrameErrorKind.Truncated);
        outcome.Position.Should().Be(4);
    }

    [Theory]
    [InlineData("one\n1234567890", "lines", 10)]
    [InlineData("one\n1234567890\r", "lines", 10)]
    [InlineData("one\n12345678\r\r", "lines", 9)]
    [InlineData("one\r\n1234567890\r", "CR LF", 11)]
    [InlineData("one\r\n12345678\r", "CR LF", 9)]
    [InlineData("oneaba1234567890ab", "aba", 12)]
    public async Task A_last_frame_that_is_skipped_ends_with_the_stream(string text, string format, long length)
    {
        byte[] stream = Encoding.ASCII.GetBytes(text);
        for (int size = 1; size <= stream.Length; size++)
        {
            List<(FrameErrorKind Kind, long Length)> skipped = [];
            FrameReader reader = Reader(new PieceReader([.. stream], [size]), format);
            reader.OnError = _ => FrameErrorAction.Skip;
            reader.OnSkipped = error => skipped.Add((error.Kind, error.Length));
            Outcome outcome = await FrameReading.ByTryReadAsync(reader);
            outcome.Should().BeEquivalentTo(Outcome.Of(["one"u8.ToArray()], error: null, stream.Length), $"in pieces of {size} bytes");
            skipped.Should().Equal((FrameErrorKind.TooLong, length));
        }
    }

    private static FrameReader Reader(PieceReader pieces, string format) => new(pieces, format switch
    {
        "lines" => FrameFormat.Lines(8),
        "LF" => FrameFormat.Delimiter("\n"u8, 8),
        "CR LF" => FrameFormat.CrLfLines(8),
        _ => FrameFormat.Delimiter(Encoding.ASCII.GetBytes(format), 8),
    })
    {
        AllowUnterminatedLastFrame = true,
    };

    private static async Task ShouldBeAsync(string text, string format, string[] frames, FrameErrorKind? error, long position)
    {
        byte[] stream = Encoding.ASCII.GetBytes(text);
        string expected = Outcome.Of(frames.Select(Encoding.ASCII.GetBytes), error, position).ToString();
        for (int size = 1; size <= stream.Length; size++)
        {
            string pieces = $"in pieces of {size} bytes";
            (await FrameReading.ByTryReadAsync(Reader(new PieceReader([.. stream], [size]), format))).ToString().Should().Be(expected, pieces);
            (await FrameReading.ByTryReadAsync(Reader(new PieceReader([.. stream], [size], endsWithLastPiece: true), format))).ToString().Should().Be(expected, pieces);
            (await FrameReading.ByEnumerationAsync(Reader(new PieceReader([.. stream], [size]), format))).ToString().Should().Be(expected, pieces);
        }
    }
}
