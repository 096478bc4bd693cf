using System.Text;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The same bytes in pieces of every size must give the same values.</summary>
public sealed class RespSplitTests
{
    private const string Replies =
        "+OK\r\n-ERR broken\r\n:-42\r\n$5\r\nhello\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n*3\r\n:1\r\n$2\r\n\r\n\r\n*2\r\n+a\r\n_\r\n"
        + "#t\r\n#f\r\n,3.25\r\n,-inf\r\n(123456789012345678901234567890\r\n!5\r\nERR x\r\n=8\r\ntxt:text\r\n"
        + "%2\r\n$1\r\nk\r\n*2\r\n:1\r\n:2\r\n+x\r\n~1\r\n#f\r\n>3\r\n+message\r\n+c\r\n$12\r\ngr\u00fc\u00dfe \u20ac!\r\n"
        + "|1\r\n+ttl\r\n:1\r\n*2\r\n|1\r\n+deep\r\n%1\r\n:1\r\n:2\r\n$1\r\nv\r\n:7\r\n+the end\r\n";

    private const string Commands =
        "*1\r\n$4\r\nPING\r\nPING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n\r\n\r\n\r\n\r\n  GET   k  \n*0\r\n*-1\r\n"
        + "*2\r\n$4\r\nECHO\r\n$0\r\n\r\nECHO\ta\r\n*2\r\n$3\r\nGET\r\n$6\r\n*2\r\n$3\r\nQUIT\r\n";

    public static TheoryData<int> Sizes => [.. Enumerable.Range(1, 64), 127, 128, 1000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Replies_in_pieces_of_n_bytes_are_the_same_as_whole(int size)
    {
        byte[] wire = Encoding.UTF8.GetBytes(Replies);
        string[] whole = ParserRuns.Replies().Whole(Replies);
        whole.Should().HaveCount(20).And.EndWith("+the end");
        ParserRuns.Replies().Whole(SegmentedBytes.Of(wire, size)).Should().Equal(whole);
        ParserRuns.Replies().Growing(wire, size).Should().Equal(whole);
        (await ParserRuns.Replies().ThroughPipeAsync(wire, size)).Should().Equal(whole);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Commands_in_pieces_of_n_bytes_are_the_same_as_whole(int size)
    {
        byte[] wire = Encoding.UTF8.GetBytes(Commands);
        string[] whole = ParserRuns.Commands().Whole(Commands);
        whole.Should().Equal("PING", "PING", "SET|k|\r\n\r\n", "GET|k", "ECHO|", "ECHO|a", "GET|*2\r\n$3", "QUIT");
        ParserRuns.Commands().Whole(SegmentedBytes.Of(wire, size)).Should().Equal(whole);
        ParserRuns.Commands().Growing(wire, size).Should().Equal(whole);
        (await ParserRuns.Commands().ThroughPipeAsync(wire, size)).Should().Equal(whole);
    }

    [Fact]
    public void A_cut_at_any_place_leaves_the_parser_inside_a_value_or_between_two()
    {
        byte[] wire = Encoding.UTF8.GetBytes("*2\r\n$3\r\nabc\r\n|1\r\n+a\r\n:1\r\n:2\r\n");
        for (int cut = 1; cut < wire.Length; cut++)
        {
            RespParser parser = new(RespLimits.Default);
            System.Buffers.ReadOnlySequence<byte> buffer = new(wire, 0, cut);
            parser.TryParse(ref buffer, out _).Should().BeFalse();
            (parser.IsInsideValue || !buffer.IsEmpty).Should().BeTrue("a reply cut after {0} bytes is not the end", cut);
        }
    }
}
