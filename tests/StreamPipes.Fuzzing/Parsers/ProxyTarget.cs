using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>
/// The header of the PROXY protocol: the same from all pieces and whatever follows it, decided within its longest length, what a plain reading finds, and the same again when it is written. The
/// first byte is the pieces.
/// </summary>
internal sealed class ProxyTarget : FuzzTarget
{
    private const int LongestLine = 107;
    private const int Prefix = 16;
    private const int ChecksumType = 3;
    private const int PaddingType = 4;

    private static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    public override string Name => "proxy";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [1, .. "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET / HTTP/1.1\r\n"u8],
        [1, .. "PROXY TCP4 192.0.2.1 1\0\0.51.100.7 56324 443\0\r\n"u8],
        [3, .. "PROXY TCP6 2001:db8::1 ::ffff:1.2.3.4 4124 0\r\n"u8],
        [2, .. "PROXY UNKNOWN ffff::f anything\r\nPROXY UNKNOWN\r\n"u8],
        [0, .. "PROXY TCP4 192.0.2.01 1.2.3 65536 +1\r\n"u8],
        [9, .. "PROXY TCP6 fe80::1%1 [::1] 1 1\n"u8],
        [5, .. new ProxyHeader(new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Any, 2), [new(1, "h2"u8.ToArray()), new(3, default), new(4, new byte[5])]).ToArray(), .. "rest"u8],
        [7, .. new ProxyHeader(new IPEndPoint(IPAddress.IPv6Loopback, 1), new IPEndPoint(IPAddress.IPv6Any, 2)).ToArray()],
        [40, .. new ProxyHeader(new System.Net.Sockets.UnixDomainSocketEndPoint("/run/a.sock"), new System.Net.Sockets.UnixDomainSocketEndPoint("\0b"), [new(2, "example.com"u8.ToArray())]).ToArray()],
        [4, .. ProxyHeader.Local.ToArray(), .. Signature, 0x21, 0x00, 0, 3, 1, 2, 3],
        [6, .. Signature, 0x21, 0x11, 0, 13, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
        [6, .. Signature, 0x21, 0x31, 0, 12],
    ];

    public override void Run(byte[] input)
    {
        FuzzBytes bytes = new(input);
        byte seed = bytes.Next();
        byte[] wire = bytes.Rest();
        Parsing whole = Parsing.Whole(TryTake, wire, ErrorOf);
        whole.MustEqual(Parsing.InPieces(TryTake, wire, seed, ErrorOf), "in pieces");
        MustAgree(wire, whole);
        MustBeOneSpan(wire, whole);
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, out string text)
    {
        long before = buffer.Length;
        byte[] front = buffer.Slice(0, Math.Min(before, LongestLine)).ToArray();
        bool isWhole = ProxyHeader.TryRead(ref buffer, out ProxyHeader? header);
        text = isWhole ? Print(header!) : "";
        FoundException.Unless(isWhole == header is not null, "a header is there or not");
        if (isWhole) MustSurviveWriting(header!, text);
        else FoundException.Unless(before < MostOf(front), $"{before} bytes decide nothing");
        return isWhole;
    }

    /// <summary>From how many bytes on it must be decided.</summary>
    private static int MostOf(byte[] front) =>
        front.Length == 0 || front[0] != Signature[0] ? LongestLine : front.Length < Prefix ? Prefix : Prefix + BinaryPrimitives.ReadUInt16BigEndian(front.AsSpan(14));

    private static void MustSurviveWriting(ProxyHeader header, string text)
    {
        ReadOnlySequence<byte> written = new(header.ToArray());
        FoundException.Unless(ProxyHeader.TryRead(ref written, out ProxyHeader? again) && written.IsEmpty, "a header that was written is not whole");
        FoundException.Unless(string.Equals(WithoutChecksum(Print(again!)), WithoutChecksum(text), StringComparison.Ordinal), $"'{text}' was written as '{Print(again!)}'");
    }

    /// <summary>It is calculated anew, and the header may have had padding.</summary>
    private static string WithoutChecksum(string text) => string.Join(' ', text.Split(' ').Where(word => !word.StartsWith("3:", StringComparison.Ordinal)));

    /// <summary>The listener's way, which has an array.</summary>
    private static void MustBeOneSpan(byte[] wire, Parsing whole)
    {
        if (whole.Items.Count == 0) return;
        bool isWhole = ProxyHeader.TryReadFront(wire, out ProxyHeader? header, out int length);
        FoundException.Unless(isWhole && string.Equals(Print(header!), whole.Items[0], StringComparison.Ordinal), "an array holds another header");
        FoundException.Unless(!ProxyHeader.TryReadFront(wire.AsSpan(0, length - 1), out _, out _), "a header is whole without its last byte");
    }

    private static string? ErrorOf(Exception exception) => exception is InvalidDataException ? exception.Message : null;

    private static string Print(ProxyHeader header) =>
        $"{header.Version} {header.IsLocal} {header.Source} {header.Destination} {string.Join(' ', header.Tlvs.Select(tlv => $"{tlv.Key}:{Convert.ToHexString(tlv.Value.Span)}"))}";

    /// <summary>A plain reading of the first header, as far as it goes.</summary>
    private static void MustAgree(byte[] wire, Parsing whole)
    {
        if (whole.Items.Count == 0) return;
        string first = whole.Items[0];
        if (wire[0] != Signature[0])
        {
            string line = Encoding.Latin1.GetString(wire.AsSpan(0, wire.AsSpan().IndexOf("\r\n"u8)));
            string[] words = line.Split(' ');
            FoundException.Unless(words[0] is "PROXY" && line.Length <= LongestLine - 2, $"this is no line of version 1: '{line}'");
            if (words[1] is "UNKNOWN") FoundException.Unless(first is "1 False   ", $"an unknown client is read as '{first}'");
            else FoundException.Unless(string.Equals(first, $"1 False {EndPointOf(words[2], words[4])} {EndPointOf(words[3], words[5])} ", StringComparison.Ordinal), $"'{line}' is read as '{first}'");
            return;
        }

        FoundException.Unless(wire.AsSpan().StartsWith(Signature) && wire[12] is 0x20 or 0x21, "this is no header of version 2");
        FoundException.Unless(first.StartsWith(wire[12] == 0x20 ? "2 True   " : "2 False ", StringComparison.Ordinal), $"the command is read as '{first}'");
        if (wire[12] == 0x20) return;
        int size = wire[13] switch { 0x11 or 0x12 => 4, 0x21 or 0x22 => 16, _ => 0 };
        if (size == 0) return;
        int length = BinaryPrimitives.ReadUInt16BigEndian(wire.AsSpan(14));
        string source = EndPointAt(wire, Prefix, Prefix + (2 * size), size);
        string destination = EndPointAt(wire, Prefix + size, Prefix + (2 * size) + 2, size);
        string expected = $"2 False {source} {destination} {TlvsOf(wire.AsSpan(Prefix, length)[((2 * size) + 4)..])}";
        FoundException.Unless(string.Equals(first, expected, StringComparison.Ordinal), $"'{expected}' is read as '{first}'");
    }

    private static IPEndPoint EndPointOf(string address, string port)
    {
        FoundException.Unless(port.All(char.IsAsciiDigit) && IPAddress.TryParse(address, out _), $"'{address}' with port '{port}' is read as an end point");
        return new IPEndPoint(IPAddress.Parse(address), int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string EndPointAt(byte[] wire, int address, int port, int size) =>
        new IPEndPoint(new IPAddress(wire.AsSpan(address, size)), BinaryPrimitives.ReadUInt16BigEndian(wire.AsSpan(port))).ToString();

    private static string TlvsOf(ReadOnlySpan<byte> bytes)
    {
        List<string> tlvs = [];
        while (!bytes.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            if (bytes[0] != PaddingType) tlvs.Add($"{bytes[0]}:{Convert.ToHexString(bytes.Slice(3, length))}");
            FoundException.Unless(bytes[0] != ChecksumType || length == 4, "a checksum has four bytes");
            bytes = bytes[(3 + length)..];
        }

        return string.Join(' ', tlvs);
    }
}
