namespace StreamPipes.Framing.Tests;

/// <summary>What a format cannot be is refused where it is made, with what to do instead.</summary>
public sealed class FrameFormatTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Every_format_has_a_maximum_length_of_at_least_one_byte(int maximum)
    {
        Func<FrameFormat>[] formats =
        [
            () => FrameFormat.LengthPrefix(4, maximum),
            () => FrameFormat.VarintPrefix(maximum),
            () => FrameFormat.SpopVarintPrefix(maximum),
            () => FrameFormat.Lines(maximum),
            () => FrameFormat.CrLfLines(maximum),
            () => FrameFormat.JsonLines(maximum),
            () => FrameFormat.Delimiter("x"u8, maximum),
        ];
        foreach (Func<FrameFormat> format in formats) Assert.Throws<ArgumentOutOfRangeException>(format).ParamName.Should().Be("maximumLength");
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameFormat.FixedSize(maximum)).ParamName.Should().Be("size");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(-1)]
    public void A_prefix_has_one_two_four_or_eight_bytes(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameFormat.LengthPrefix(size, 10)).Message.Should().StartWith("A prefix has 1, 2, 4 or 8 bytes.");

    [Theory]
    [InlineData(1, 255, 256)]
    [InlineData(2, 65535, 65536)]
    public void A_prefix_must_be_able_to_express_the_maximum(int size, int most, int tooMuch)
    {
        FrameFormat.LengthPrefix(size, most).MaximumLength.Should().Be(most);
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameFormat.LengthPrefix(size, tooMuch)).Message.Should().StartWith($"A prefix of {size} bytes cannot express it: at most {most}.");
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameFormat.LengthPrefix(new LengthPrefixOptions { Size = size, IsInclusive = true }, most)).ParamName.Should().Be("maximumLength");
        FrameFormat.LengthPrefix(new LengthPrefixOptions { Size = size, IsInclusive = true, IncludesHeader = true }, most).MaximumLength.Should().Be(most);
        FrameFormat.LengthPrefix(new LengthPrefixOptions { Size = size, Adjustment = 1 }, tooMuch).MaximumLength.Should().Be(tooMuch);
    }

    [Fact]
    public void An_offset_needs_the_header_in_the_frame_and_has_a_limit()
    {
        Assert.Throws<ArgumentException>(() => FrameFormat.LengthPrefix(new LengthPrefixOptions { Offset = 1 }, 10)).Message.Should().Contain("set IncludesHeader");
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameFormat.LengthPrefix(new LengthPrefixOptions { Offset = 241, IncludesHeader = true }, 1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameFormat.LengthPrefix(new LengthPrefixOptions { Offset = -1, IncludesHeader = true }, 1000));
        FrameFormat.LengthPrefix(new LengthPrefixOptions { Offset = 240, IncludesHeader = true }, 1000).MaximumLength.Should().Be(1000);
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameFormat.LengthPrefix(new LengthPrefixOptions { Offset = 240, IncludesHeader = true }, 243)).ParamName.Should().Be("maximumLength");
    }

    [Fact]
    public void Options_are_copied()
    {
        LengthPrefixOptions options = new() { Size = 2 };
        FrameFormat format = FrameFormat.LengthPrefix(options, 10);
        options.Size = 8;
        format.ToString().Should().Be("frames of at most 10 bytes behind a big-endian length of 2 bytes");
        Assert.Throws<ArgumentNullException>(() => FrameFormat.LengthPrefix(null!, 10)).ParamName.Should().Be("options");
    }

    [Fact]
    public void A_delimiter_has_at_least_one_byte() => Assert.Throws<ArgumentException>(() => FrameFormat.Delimiter([], 10)).ParamName.Should().Be("delimiter");
}
