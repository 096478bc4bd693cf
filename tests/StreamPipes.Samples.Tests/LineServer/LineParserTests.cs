using System.Buffers;
using System.Text;
using LineServer;

namespace StreamPipes.Samples.Tests.LineServer;

/// <summary>Lines out of bytes, in whatever pieces those come.</summary>
public sealed class LineParserTests
{
    [Fact]
    public void Lines_are_the_same_from_every_size_of_reads()
    {
        const string Text = "one\ntwo\r\n\n\r\na\rb\r\n\r\r\nthe last\nrest";
        for (int size = 1; size <= Text.Length; size++)
            Read(Text, size).Should().Equal(["one", "two", "", "", "a\rb", "\r", "the last"], "reads are of {0} bytes", size);
    }

    [Theory]
    [InlineData("12345678\n", true)]
    [InlineData("12345678\r\n", true)]
    [InlineData("123456789\n", false)]
    [InlineData("123456789", false)]
    [InlineData("ok\n123456789", false)]
    public void A_line_has_at_most_so_many_bytes(string text, bool isAllowed)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            Action reading = () => Read(text, size, maxLength: 8);
            if (isAllowed) reading.Should().NotThrow();
            else reading.Should().Throw<LineTooLongException>().WithMessage("a line is longer than 8 bytes");
        }
    }

    /// <summary>Feeds a growing buffer; what was consumed is taken away, as a pipe does it.</summary>
    private static List<string> Read(string text, int size, int maxLength = 100)
    {
        byte[] wire = Encoding.ASCII.GetBytes(text);
        LineParser parser = new(maxLength);
        List<string> lines = [];
        int consumed = 0;
        for (int end = Math.Min(size, wire.Length); ; end = Math.Min(end + size, wire.Length))
        {
            ReadOnlySequence<byte> buffer = SegmentedBytes.Of(wire[consumed..end], size);
            while (parser.TryRead(ref buffer, out ReadOnlySequence<byte> line)) lines.Add(Encoding.ASCII.GetString(line));
            consumed = end - (int)buffer.Length;
            if (end == wire.Length) return lines;
        }
    }
}
