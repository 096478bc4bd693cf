using System.Buffers;
using System.Text;
using SpoaAgent;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>Messages and typed values.</summary>
public sealed class MessageReaderTests
{
    /// <summary>Two messages, the first with every type there is, byte by byte.</summary>
    private static readonly byte[] Everything =
    [
        3, .. "all"u8, 11,
        1, .. "n"u8, 0x00,
        1, .. "t"u8, 0x11,
        1, .. "f"u8, 0x01,
        1, .. "i"u8, 0x02, 0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E,
        1, .. "u"u8, 0x03, 0xF0, 0x00,
        1, .. "l"u8, 0x04, 0xFC, 0xF0, 0x06,
        1, .. "q"u8, 0x05, 0x2A,
        1, .. "4"u8, 0x06, 203, 0, 113, 7,
        1, .. "6"u8, 0x07, 0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
        1, .. "s"u8, 0x08, 5, .. "hello"u8,
        1, .. "b"u8, 0x09, 3, 0, 1, 2,
        4, .. "next"u8, 0,
    ];

    [Fact]
    public void Every_type_is_understood_in_whatever_pieces_it_comes()
    {
        for (int size = 1; size <= Everything.Length; size++)
        {
            Read(SegmentedBytes.Of(Everything, size)).Should().Equal(
                ["all", "n=null", "t=true", "f=false", "i=-1", "u=240", "l=16380", "q=42", "4=203.0.113.7", "6=2001:db8::1", "s=hello", "b=000102", "next"],
                "segments are of {0} bytes", size);
        }
    }

    [Fact]
    public void Arguments_nobody_reads_are_passed_over()
    {
        MessageReader reader = new(new ReadOnlySequence<byte>(Everything));
        reader.TryRead().Should().BeTrue();
        reader.TryRead().Should().BeTrue();
        reader.Name.Is("next"u8).Should().BeTrue();
        reader.TryReadArgument(out _, out _).Should().BeFalse();
        reader.TryRead().Should().BeFalse();
    }

    [Fact]
    public void A_payload_that_is_cut_off_anywhere_but_between_messages_is_refused()
    {
        const int NextMessage = 6;
        for (int kept = 1; kept < Everything.Length; kept++)
        {
            Action reading = () => Read(new ReadOnlySequence<byte>(Everything, 0, kept));
            if (kept == Everything.Length - NextMessage) reading.Should().NotThrow();
            else reading.Should().Throw<SpopException>("{0} bytes are kept", kept).Which.Status.Should().Be(SpopStatus.InvalidFrame);
        }
    }

    [Fact]
    public void A_type_that_does_not_exist_is_refused() =>
        FluentActions.Invoking(() => Read(new ReadOnlySequence<byte>([1, (byte)'m', 1, 1, (byte)'a', 0x0A]))).Should().Throw<SpopException>();

    [Theory]
    [InlineData("check-ip", true)]
    [InlineData("check-iq", false)]
    [InlineData("check-i", false)]
    [InlineData("check-ip2", false)]
    [InlineData("", false)]
    public void Names_are_compared_where_they_lie(string name, bool isSame)
    {
        for (int size = 1; size < 10; size++) SegmentedBytes.Of(Encoding.ASCII.GetBytes(name), size).Is("check-ip"u8).Should().Be(isSame);
    }

    private static List<string> Read(in ReadOnlySequence<byte> payload)
    {
        List<string> read = [];
        MessageReader reader = new(payload);
        while (reader.TryRead())
        {
            read.Add(Encoding.UTF8.GetString(reader.Name));
            while (reader.TryReadArgument(out ReadOnlySequence<byte> name, out SpopValue value)) read.Add($"{Encoding.UTF8.GetString(name)}={Print(value)}");
        }

        return read;
    }

    private static string Print(in SpopValue value) => value switch
    {
        { Type: SpopType.Null } => "null",
        { Type: SpopType.Boolean } => value.IsTrue ? "true" : "false",
        { IsInteger: true } => FormattableString.Invariant($"{value.Number}"),
        { IsAddress: true } => value.ToAddress().ToString(),
        { Type: SpopType.String } => value.ToText(),
        _ => Convert.ToHexString(value.Bytes.ToArray()),
    };
}
