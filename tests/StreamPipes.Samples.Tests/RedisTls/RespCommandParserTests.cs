using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

public sealed class RespCommandParserTests
{
    [Theory]
    [InlineData("*1\r\n$4\r\nPING\r\n", "PING")]
    [InlineData("*2\r\n$4\r\nECHO\r\n$2\r\n\r\n\r\n", "ECHO|\r\n")]
    [InlineData("PING\r\n", "PING")]
    [InlineData("PING\n", "PING")]
    [InlineData(" SET  key\tvalue \r\n", "SET|key|value")]
    [InlineData("*0\r\n\r\n*-1\r\nPING\r\n", "PING")]
    public void Arrays_and_lines_are_understood(string wire, string words) => ParserRuns.Commands().Whole(wire).Should().Equal(words);

    [Theory]
    [InlineData("*x\r\n", "invalid multibulk length")]
    [InlineData("*11\r\n", "invalid multibulk length")]
    [InlineData("*1\0\r\n", "invalid multibulk length")]
    [InlineData("*1\r\n:1\r\n", "expected '$', got ':'")]
    [InlineData("*1\r\n$-1\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$x\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$17\r\n", "invalid bulk length")]
    [InlineData("*2\r\n$8\r\n12345678\r\n$9\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$1\r\nab\r\n", "A bulk string is not followed by CR LF.")]
    [InlineData("\u0001junk\r\n", "unprintable byte '\\x01' in an inline command")]
    [InlineData("a line that never ends and never ends", "A line is longer than 32 bytes.")]
    public void What_is_no_command_is_refused_with_a_reason(string wire, string reason)
    {
        RespLimits limits = new() { MaxLineLength = 32, MaxBytes = 16, MaxElements = 10 };
        FluentActions.Invoking(() => ParserRuns.Commands(limits).Whole(wire)).Should().Throw<ProtocolException>().WithMessage(reason);
    }

    [Fact]
    public void Limits_count_for_each_command_anew()
    {
        RespLimits limits = new() { MaxBytes = 4 };
        ParserRuns.Commands(limits).Whole(string.Concat(Enumerable.Repeat("*1\r\n$4\r\nPING\r\n", 5))).Should().HaveCount(5);
    }
}
