using System.Buffers;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

public sealed class RespParserTests
{
    [Theory]
    [InlineData("+OK\r\n", "+OK")]
    [InlineData("+\r\n", "+")]
    [InlineData("-ERR no such thing\r\n", "-ERR no such thing")]
    [InlineData(":0\r\n", ":0")]
    [InlineData(":-9223372036854775808\r\n", ":-9223372036854775808")]
    [InlineData("$5\r\nhello\r\n", "\"hello\"")]
    [InlineData("$0\r\n\r\n", "\"\"")]
    [InlineData("$4\r\n\r\n\r\n\r\n", "\"\r\n\r\n\"")]
    [InlineData("$-1\r\n", "null")]
    [InlineData("*-1\r\n", "null")]
    [InlineData("_\r\n", "null")]
    [InlineData("*0\r\n", "[]")]
    [InlineData("*2\r\n:1\r\n$1\r\na\r\n", "[:1, \"a\"]")]
    [InlineData("*3\r\n$1\r\na\r\n$-1\r\n*1\r\n*0\r\n", "[\"a\", null, [[]]]")]
    [InlineData("#t\r\n", "#true")]
    [InlineData("#f\r\n", "#false")]
    [InlineData(",1.5\r\n", ",1.5")]
    [InlineData(",-2.5e3\r\n", ",-2500")]
    [InlineData(",inf\r\n", ",inf")]
    [InlineData(",-inf\r\n", ",-inf")]
    [InlineData(",nan\r\n", ",nan")]
    [InlineData("(3492890328409238509324850943850943825024385\r\n", "(3492890328409238509324850943850943825024385")]
    [InlineData("!21\r\nSYNTAX invalid syntax\r\n", "!SYNTAX invalid syntax")]
    [InlineData("=8\r\ntxt:text\r\n", "=txt:text")]
    [InlineData("%2\r\n+a\r\n:1\r\n+b\r\n%1\r\n+c\r\n_\r\n", "{+a, :1, +b, {+c, null}}")]
    [InlineData("%0\r\n", "{}")]
    [InlineData("~2\r\n:1\r\n#t\r\n", "~[:1, #true]")]
    [InlineData(">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n", ">[\"message\", \"c\", \"hi\"]")]
    [InlineData("|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n", "|{+ttl, :3600} \"v\"")]
    [InlineData("*2\r\n|1\r\n+a\r\n:1\r\n:2\r\n:3\r\n", "[|{+a, :1} :2, :3]")]
    [InlineData("|1\r\n+a\r\n:1\r\n*1\r\n:2\r\n", "|{+a, :1} [:2]")]
    [InlineData("|0\r\n:7\r\n", ":7")]
    public void Every_type_of_both_protocols_is_understood(string wire, string printed) =>
        ParserRuns.Replies().Whole(wire).Should().Equal(printed);

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "No RESP value begins with 'H'.")]
    [InlineData("\u0016\u0003\u0001", "No RESP value begins with '\\x16'.")]
    [InlineData("*1\r\n?", "No RESP value begins with '?'.")]
    [InlineData(":12a\r\n", "'12a' is no value of the kind Integer.")]
    [InlineData(":\r\n", "'' is no value of the kind Integer.")]
    [InlineData(":99999999999999999999\r\n", "'99999999999999999999' is no value of the kind Integer.")]
    [InlineData(":5\0\r\n", "'5\\x00' is no value of the kind Integer.")]
    [InlineData("#x\r\n", "'x' is no value of the kind Boolean.")]
    [InlineData("_x\r\n", "'x' is no value of the kind Null.")]
    [InlineData(",one\r\n", "'one' is no double.")]
    [InlineData(", 1\r\n", "' 1' is no double.")]
    [InlineData(",1\0\r\n", "'1\\x00' is no double.")]
    [InlineData("(1\0\r\n", "'1\\x00' is no big number.")]
    [InlineData("(1.5\r\n", "'1.5' is no big number.")]
    [InlineData("$x\r\n", "'x' is no length of a value of the kind BulkString.")]
    [InlineData("$5\0\r\n", "'5\\x00' is no length of a value of the kind BulkString.")]
    [InlineData("$-2\r\n", "'-2' is no length of a value of the kind BulkString.")]
    [InlineData("$?\r\n", "'?' is no length of a value of the kind BulkString.")]
    [InlineData("%-1\r\n", "A value of the kind Map cannot have the length -1.")]
    [InlineData("$2\r\nabc\r\n", "A bulk string is not followed by CR LF.")]
    [InlineData("=3\r\nabc\r\n", "A verbatim string does not begin with three letters and a colon.")]
    [InlineData("+OK\n", "A line ends with LF instead of CR LF.")]
    public void What_is_no_RESP_is_refused_with_a_reason(string wire, string reason) =>
        FluentActions.Invoking(() => ParserRuns.Replies().Whole(wire)).Should().Throw<ProtocolException>().WithMessage(reason);

    [Theory]
    [InlineData("+123456789\r\n", "A line is longer than 8 bytes.")]
    [InlineData("+12345678901234567890", "A line is longer than 8 bytes.")]
    [InlineData("$17\r\n", "A reply carries more than 16 bytes.")]
    [InlineData("*2\r\n$8\r\n12345678\r\n$9\r\n", "A reply carries more than 16 bytes.")]
    [InlineData("*11\r\n", "A reply holds more than 10 values.")]
    [InlineData("%6\r\n", "A reply holds more than 10 values.")]
    [InlineData("*2\r\n*5\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n*4\r\n", "A reply holds more than 10 values.")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n", "A reply is nested deeper than 3 levels.")]
    public void What_is_beyond_the_limits_is_refused_when_it_is_announced(string wire, string reason)
    {
        RespLimits limits = new() { MaxLineLength = 8, MaxBytes = 16, MaxElements = 10, MaxDepth = 3 };
        FluentActions.Invoking(() => ParserRuns.Replies(limits).Whole(wire)).Should().Throw<ProtocolException>().WithMessage(reason);
    }

    [Fact]
    public void Limits_count_for_each_reply_anew()
    {
        RespLimits limits = new() { MaxLineLength = 8, MaxBytes = 16, MaxElements = 2 };
        string wire = string.Concat(Enumerable.Repeat("*2\r\n$8\r\n12345678\r\n$8\r\n12345678\r\n", 5));
        ParserRuns.Replies(limits).Whole(wire).Should().HaveCount(5);
    }

    [Fact]
    public void A_large_string_is_consumed_as_it_arrives_and_never_piles_up()
    {
        RespParser parser = new(RespLimits.Default);
        byte[] piece = new byte[1024 * 1024];
        ReadOnlySequence<byte> header = new("$8388608\r\n"u8.ToArray());
        parser.TryParse(ref header, out _).Should().BeFalse();
        header.IsEmpty.Should().BeTrue();
        for (int i = 0; i < 8; i++)
        {
            piece.AsSpan().Fill((byte)i);
            ReadOnlySequence<byte> buffer = new(piece);
            parser.TryParse(ref buffer, out _).Should().BeFalse();
            buffer.IsEmpty.Should().BeTrue();
            parser.IsInsideValue.Should().BeTrue();
        }

        ReadOnlySequence<byte> end = new("\r\n"u8.ToArray());
        parser.TryParse(ref end, out RespValue? value).Should().BeTrue();
        ReadOnlySpan<byte> bytes = value!.Bytes.Span;
        bytes.Length.Should().Be(8 * 1024 * 1024);
        for (int i = 0; i < 8; i++) bytes.Slice(i * piece.Length, piece.Length).IndexOfAnyExcept((byte)i).Should().Be(-1);
    }

    [Fact]
    public void An_announced_length_costs_no_memory_before_bytes_arrive()
    {
        RespParser parser = new(RespLimits.Default);
        ReadOnlySequence<byte> buffer = new("*1000000\r\n$536870912\r\n"u8.ToArray());
        long before = GC.GetAllocatedBytesForCurrentThread();
        parser.TryParse(ref buffer, out _).Should().BeFalse();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(8 * 1024 * 1024);
    }

    [Fact]
    public void A_value_asked_for_as_another_type_says_what_it_is()
    {
        RespValue number = RespValue.Number(1);
        number.Invoking(value => value.Bytes).Should().Throw<InvalidOperationException>().WithMessage("The reply is of the kind Integer, not bytes.");
        number.Text.Should().Be("1");
        RespValue.Null.IsNull.Should().BeTrue();
        RespValue.Error("ERR x").IsError.Should().BeTrue();
    }
}
