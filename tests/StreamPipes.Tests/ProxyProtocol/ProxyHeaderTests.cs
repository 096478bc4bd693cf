using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamPipes.Tests.ProxyProtocol;

/// <summary>The parser of PROXY headers, and what it reads of those that are written here.</summary>
public sealed class ProxyHeaderTests
{
    public static TheoryData<byte[]> Wellformed =>
    [
        Headers.Text,
        Headers.Text6,
        Headers.Line("PROXY UNKNOWN\r\n"),
        Headers.Line("PROXY UNKNOWN ffff:f...f:ffff anything \u00E9 at all\r\n"),
        Headers.Binary,
        Headers.Of(0x20, 0x00, []),
        Headers.Of(0x20, 0x77, [1, 2, 3]),
        Headers.Of(0x21, 0x00, [9, 9, 9]),
        Headers.Of(0x21, 0x11, [.. Headers.Addresses, .. Headers.Tlv(0x01, "h2"u8.ToArray()), .. Headers.Tlv(0xE0, [])]),
        Headers.Of(0x21, 0x31, [.. Headers.Path("/run/client.sock"), .. Headers.Path("/run/server.sock")]),
    ];

    [Fact]
    public void Version_1_of_TCP_over_IPv4() => ShouldBe(Parse(Headers.Text), 1, Headers.Client, Headers.Server);

    [Fact]
    public void Version_1_of_TCP_over_IPv6() => ShouldBe(Parse(Headers.Text6), 1, Headers.Client6, Headers.Server6);

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n")]
    [InlineData("PROXY UNKNOWN whatever \r\n")]
    public void Version_1_of_a_client_that_is_not_known(string line) => ShouldBe(Parse(Headers.Line(line)), 1, source: null, destination: null);

    [Theory]
    [InlineData(0x11)]
    [InlineData(0x12)]
    public void Version_2_of_IPv4(byte family) => ShouldBe(Parse(Headers.Of(0x21, family, Headers.Addresses)), 2, Headers.Client, Headers.Server);

    [Theory]
    [InlineData(0x21)]
    [InlineData(0x22)]
    public void Version_2_of_IPv6(byte family) => ShouldBe(
        Parse(Headers.Of(0x21, family, [.. Headers.Client6.Address.GetAddressBytes(), .. Headers.Server6.Address.GetAddressBytes(), 0x10, 0x1C, 0xFF, 0xFF])),
        2,
        Headers.Client6,
        Headers.Server6);

#if !LIBRARY_NETSTANDARD
    [Theory]
    [InlineData(0x31)]
    [InlineData(0x32)]
    public void Version_2_of_Unix_domain_sockets(byte family) => ShouldBe(
        Parse(Headers.Of(0x21, family, [.. Headers.Path("/run/client.sock"), .. Headers.Path("/run/server.sock")])),
        2,
        new UnixDomainSocketEndPoint("/run/client.sock"),
        new UnixDomainSocketEndPoint("/run/server.sock"));

    [Fact]
    public void A_Unix_domain_client_usually_has_no_name()
    {
        ProxyHeader header = Parse(Headers.Of(0x21, 0x31, [.. Headers.Path(""), .. Headers.Path("/run/server.sock")]));

        ShouldBe(header, 2, source: null, new UnixDomainSocketEndPoint("/run/server.sock"));
        header.ToArray().Should().Equal(Headers.Of(0x21, 0x31, [.. Headers.Path(""), .. Headers.Path("/run/server.sock")]));
        new ProxyHeader(source: null, new UnixDomainSocketEndPoint("/run/server.sock")).ToArray().Should().Equal(header.ToArray());
    }
#endif

    [Theory]
    [InlineData(0x00, 0)]
    [InlineData(0x11, 12)]
    [InlineData(0xFF, 7)]
    public void LOCAL_has_no_addresses_whatever_follows(byte family, int length)
    {
        ProxyHeader header = Parse(Headers.Of(0x20, family, new byte[length]));

        ShouldBe(header, 2, source: null, destination: null);
        header.IsLocal.Should().BeTrue();
        header.ToString().Should().Be("PROXY v2 LOCAL");
    }

    [Fact]
    public void Values_are_found_by_type_and_padding_is_none()
    {
        ProxyHeader header = Parse(Headers.Of(0x21, 0x11,
            [.. Headers.Addresses, .. Headers.Tlv(0x02, "example.com"u8.ToArray()), .. Headers.Tlv(0x04, [0, 0, 0]), .. Headers.Tlv(0xEA, [1]), .. Headers.Tlv(0xEA, [2]), .. Headers.Tlv(0x05, [])]));

        header.TryGetTlv(0x02, out ReadOnlyMemory<byte> authority).Should().BeTrue();
        Encoding.ASCII.GetString(authority.ToArray()).Should().Be("example.com");
        header.TryGetTlv(0xEA, out ReadOnlyMemory<byte> first).Should().BeTrue();
        first.ToArray().Should().Equal(1);
        header.TryGetTlv(0x04, out ReadOnlyMemory<byte> none).Should().BeFalse();
        none.IsEmpty.Should().BeTrue();
        header.Tlvs.Select(tlv => tlv.Key).Should().Equal(0x02, 0xEA, 0xEA, 0x05);
    }

    [Fact]
    public void A_checksum_is_written_and_verified()
    {
        ProxyHeader written = new(Headers.Client, Headers.Server, [new(0x03, default), new(0x02, "example.com"u8.ToArray())]);
        byte[] bytes = written.ToArray();

        Parse(bytes).TryGetTlv(0x03, out ReadOnlyMemory<byte> checksum).Should().BeTrue();

        // CRC32C is that of iSCSI: of "123456789" it is 0xE3069283.
        checksum.Length.Should().Be(4);
        StreamPipes.ProxyProtocol.Crc32C.Of("123456789"u8).Should().Be(0xE3069283);
        for (int i = 16; i < bytes.Length; i++)
        {
            // Its type: without that there is no checksum.
            if (i == 28) continue;
            byte[] damaged = [.. bytes];
            damaged[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => Parse(damaged));
        }
    }

    [Theory]
    [MemberData(nameof(Wellformed))]
    public void Every_cut_of_a_header_gives_the_same_and_not_one_byte_behind_it_is_taken(byte[] header)
    {
        byte[] wire = [.. header, .. "PROXY and more"u8];
        string whole = Print(Parse(header));
        for (int end = 0; end < header.Length; end++) TryParse(wire.AsMemory(0, end), end / 2).Header.Should().BeNull("{0} bytes are not all", end);
        for (int cut = 0; cut <= wire.Length; cut++)
        {
            (ProxyHeader? found, long left) = TryParse(wire, cut);
            Print(found!).Should().Be(whole);
            left.Should().Be(wire.Length - header.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Wellformed))]
    public void What_was_read_and_is_written_again_reads_the_same(byte[] header)
    {
        ProxyHeader read = Parse(header);

        Print(Parse(read.ToArray())).Should().Be(Print(read));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", 0)]
    [InlineData("PROXY\r\n", 5)]
    [InlineData("PROXX TCP4", 4)]
    [InlineData("proxy TCP4", 0)]
    [InlineData("\u0016\u0003\u0001", 0)]
    [InlineData("\r\n\r\n\0\r\nQUIX", 10)]
    public void What_begins_like_no_header_is_refused_at_its_first_wrong_byte(string text, int position)
    {
        byte[] bytes = Headers.Line(text);

        Refusal(bytes).Should().Contain($"byte {position} is 0x{bytes[position]:X2}").And.Contain("has to be told to send");
        TryParse(bytes.AsMemory(0, position), 0).Header.Should().BeNull();
        Refusal(bytes[..(position + 1)]).Should().Be(Refusal(bytes));
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\n", "byte 43", "LF alone")]
    [InlineData("PROXY TCP5 192.0.2.1 198.51.100.7 56324 443\r\n", "byte 6", "TCP4, TCP6 and UNKNOWN")]
    [InlineData("PROXY \r\n", "byte 6", "TCP4, TCP6 and UNKNOWN")]
    [InlineData("PROXY TCP4\r\n", "byte 6", "two addresses")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n", "byte 6", "two addresses")]
    [InlineData("PROXY TCP4  192.0.2.1 198.51.100.7 56324 443\r\n", "byte 6", "two addresses")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 \r\n", "byte 6", "two addresses")]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.7 56324 443\r\n", "byte 11", "no IPv4 address")]
    [InlineData("PROXY TCP4 192.0.2.01 198.51.100.7 56324 443\r\n", "byte 11", "no IPv4 address")]
    [InlineData("PROXY TCP4 192.0.513 198.51.100.7 56324 443\r\n", "byte 11", "no IPv4 address")]
    [InlineData("PROXY TCP4 0x7f.0.0.1 198.51.100.7 56324 443\r\n", "byte 11", "no IPv4 address")]
    [InlineData("PROXY TCP4 192.0.2.1\0 198.51.100.7 56324 443\r\n", "byte 11", "no IPv4 address")]
    [InlineData("PROXY TCP4 192.0.2.1 1\0\0.61.100.7 56324 443\r\n", "byte 21", "no IPv4 address")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\0\r\n", "byte 40", "a port")]
    [InlineData("PROXY TCP4 192.0.2.1 ::1 56324 443\r\n", "byte 21", "no IPv4 address")]
    [InlineData("PROXY TCP6 192.0.2.1 ::1 56324 443\r\n", "byte 11", "no IPv6 address")]
    [InlineData("PROXY TCP6 [::1] ::1 56324 443\r\n", "byte 11", "no IPv6 address")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 56324 443\r\n", "byte 11", "no IPv6 address")]
    [InlineData("PROXY TCP6 ::1 ::1/64 56324 443\r\n", "byte 15", "no IPv6 address")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 65536 443\r\n", "byte 34", "a port")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 56324 0443\r\n", "byte 40", "a port")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 +1 443\r\n", "byte 34", "a port")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 -1 443\r\n", "byte 34", "a port")]
    public void A_malformed_line_is_refused_with_its_position(string line, string position, string why) => Refusal(Headers.Line(line)).Should().Contain(position).And.Contain(why);

    [Fact]
    public void A_line_has_107_bytes_at_most()
    {
        string longest = $"PROXY UNKNOWN {new string('x', 107 - 16)}\r\n";
        longest.Length.Should().Be(107);
        Parse(Headers.Line(longest)).Source.Should().BeNull();

        Refusal(Headers.Line($"PROXY UNKNOWN {new string('x', 107 - 15)}\r\n")).Should().Contain("within 107 bytes");
        Refusal(Headers.Line($"PROXY UNKNOWN {new string('x', 5000)}")).Should().Contain("within 107 bytes");
    }

    [Theory]
    [InlineData(0x11, 0x11, "byte 12", "the version is 1")]
    [InlineData(0x22, 0x11, "byte 12", "the command is 2")]
    [InlineData(0x21, 0x41, "byte 13", "0x41")]
    [InlineData(0x21, 0x10, "byte 13", "0x10")]
    [InlineData(0x21, 0x13, "byte 13", "0x13")]
    [InlineData(0x21, 0x01, "byte 13", "0x01")]
    [InlineData(0x21, 0x21, "byte 14", "the addresses alone take 36 bytes")]
    [InlineData(0x21, 0x31, "byte 14", "the addresses alone take 216 bytes")]
    public void A_malformed_prefix_of_version_2_is_refused_with_its_position_before_the_rest_has_come(byte command, byte family, string position, string why) =>
        Refusal(Headers.Of(command, family, Headers.Addresses)[..16]).Should().Contain(position).And.Contain(why);

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 0 })]
    [InlineData(new byte[] { 1, 0, 1 })]
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 2, 3 })]
    public void A_value_that_reaches_beyond_the_header_is_refused_even_if_more_bytes_follow(byte[] tlvs) =>
        Refusal([.. Headers.Of(0x21, 0x11, [.. Headers.Addresses, .. tlvs]), .. new byte[70_000]]).Should().Contain("byte 28").And.Contain("beyond its end");

    [Fact]
    public void The_longest_header_has_65551_bytes()
    {
        int room = 65535 - 12 - 3;
        ProxyHeader longest = new(Headers.Client, Headers.Server, [new(0xE0, new byte[room])]);

        longest.ToArray().Should().HaveCount(65551);
        Parse(longest.ToArray()).Tlvs.Should().ContainSingle().Which.Value.Length.Should().Be(room);
        Assert.Throws<ArgumentException>(() => new ProxyHeader(Headers.Client, Headers.Server, [new(0xE0, new byte[room + 1])])).Message.Should().Contain("65535");
    }

    [Fact]
    public void Headers_are_written_as_the_specification_has_them()
    {
        new ProxyHeader(Headers.Client, Headers.Server, version: 1).ToArray().Should().Equal(Headers.Text);
        new ProxyHeader(Headers.Client6, Headers.Server6, version: 1).ToArray().Should().Equal(Headers.Text6);
        new ProxyHeader(Headers.Client, Headers.Server).ToArray().Should().Equal(Headers.Binary);
        new ProxyHeader(source: null, destination: null, version: 1).ToArray().Should().Equal(Headers.Line("PROXY UNKNOWN\r\n"));
        new ProxyHeader(source: null, destination: null).ToArray().Should().Equal(Headers.Of(0x21, 0x00, []));
        ProxyHeader.Local.ToArray().Should().Equal(Headers.Of(0x20, 0x00, []));
        new ProxyHeader(Headers.Client, Headers.Server).ToString().Should().Be("PROXY v2 192.0.2.1:56324 to 198.51.100.7:443");
    }

    [Fact]
    public void Addresses_of_a_socket_of_both_families_are_sent_as_the_IPv4_addresses_they_are_and_mixed_ones_as_IPv6()
    {
        IPEndPoint mapped = new(Headers.Client.Address.MapToIPv6(), Headers.Client.Port);

        new ProxyHeader(mapped, Headers.Server, version: 1).ToArray().Should().Equal(Headers.Text);
        ProxyHeader mixed = Parse(new ProxyHeader(Headers.Client6, Headers.Server, version: 1).ToArray());
        ShouldBe(mixed, 1, Headers.Client6, new IPEndPoint(Headers.Server.Address.MapToIPv6(), 443));
    }

    [Fact]
    public void What_no_header_can_say_is_refused()
    {
        Assert.Throws<ArgumentException>("source", () => new ProxyHeader(new DnsEndPoint("localhost", 1), Headers.Server));
        Assert.Throws<ArgumentException>("source", () => new ProxyHeader(Headers.Client, destination: null));
        Assert.Throws<ArgumentException>("source", () => new ProxyHeader(source: null, Headers.Server));
        Assert.Throws<ArgumentException>("source", () => new ProxyHeader(new UnixDomainSocketEndPoint("/a"), Headers.Server));
        Assert.Throws<ArgumentException>("source", () => new ProxyHeader(new UnixDomainSocketEndPoint("/a"), new UnixDomainSocketEndPoint("/b"), version: 1));
        Assert.Throws<ArgumentOutOfRangeException>("version", () => new ProxyHeader(Headers.Client, Headers.Server, version: 3));
        Assert.Throws<ArgumentException>("tlvs", () => new ProxyHeader(source: null, destination: null, [new(1, default)]));
        Assert.Throws<ArgumentException>("tlvs", () => new ProxyHeader(Headers.Client, Headers.Server, [new(3, default), new(3, default)]));
        Assert.Throws<ArgumentNullException>("tlvs", () => new ProxyHeader(Headers.Client, Headers.Server, tlvs: null!));
    }

    private static void ShouldBe(ProxyHeader header, int version, EndPoint? source, EndPoint? destination) =>
        (header.Version, header.Source, header.Destination).Should().Be((version, source, destination));

    private static ProxyHeader Parse(byte[] bytes)
    {
        (ProxyHeader? header, long left) = TryParse(bytes, bytes.Length);
        left.Should().Be(0);
        return header!;
    }

    private static string Refusal(byte[] bytes) => Assert.Throws<InvalidDataException>(() => TryParse(bytes, bytes.Length / 2)).Message;

    private static string Print(ProxyHeader header) =>
        $"{header} {header.IsLocal} {string.Join(' ', header.Tlvs.Select(tlv => $"{tlv.Key}:{Convert.ToHexString(tlv.Value.Span)}"))}";

    /// <summary>In two segments.</summary>
    private static (ProxyHeader? Header, long Left) TryParse(ReadOnlyMemory<byte> bytes, int cut)
    {
        Piece first = new(bytes[..cut], 0);
        Piece last = first.Append(bytes[cut..]);
        ReadOnlySequence<byte> buffer = new(first, 0, last, last.Memory.Length);
        bool isWhole = ProxyHeader.TryRead(ref buffer, out ProxyHeader? header);
        isWhole.Should().Be(header is not null);
        if (!isWhole) buffer.Length.Should().Be(bytes.Length, "what was not read is as it was");
        return (header, buffer.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long position)
        {
            Memory = memory;
            RunningIndex = position;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            Piece next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
