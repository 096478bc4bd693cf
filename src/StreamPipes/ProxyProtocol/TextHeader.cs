using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamPipes.ProxyProtocol;

/// <summary>Version 1: a line of text. It is decided when it is whole, which is 107 bytes at most.</summary>
internal static class TextHeader
{
    private const int MaximumLength = 107;
    private const int LongestPort = 5;
    private const int LongestOctet = 3;

    private static ReadOnlySpan<byte> Start => "PROXY "u8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out ProxyFields? fields, out int length)
    {
        fields = null;
        length = 0;
        ProxyFields.CheckStart(bytes, Start);
        ReadOnlySpan<byte> line = bytes.Slice(0, Math.Min(bytes.Length, MaximumLength));
        int end = line.IndexOf((byte)'\n');
        if (end < 0) return line.Length < MaximumLength ? false : throw ProxyFields.Malformed(MaximumLength, $"a line of version 1 ends within {MaximumLength} bytes, and this one does not");
        if (line[end - 1] != '\r') throw ProxyFields.Malformed(end, "the line ends with LF alone, and must end with CR LF");
        fields = Parse(line.Slice(Start.Length, end - 1 - Start.Length));
        length = end + 1;
        return true;
    }

    public static byte[] Write(ProxyFields fields)
    {
        string line = fields is { HasAddresses: true, Source: IPEndPoint source, Destination: IPEndPoint destination }
            ? FormattableString.Invariant($"PROXY {(fields.Family == ProxyFamily.IPv4 ? "TCP4" : "TCP6")} {source.Address} {destination.Address} {source.Port} {destination.Port}\r\n")
            : "PROXY UNKNOWN\r\n";
        return Encoding.ASCII.GetBytes(line);
    }

    private static ProxyFields Parse(ReadOnlySpan<byte> text)
    {
        string[] words = Encoding.ASCII.GetString(text.ToArray()).Split(' ');
        if (string.Equals(words[0], "UNKNOWN", StringComparison.Ordinal)) return new ProxyFields(1, ProxyFamily.Unknown);
        ProxyFamily family = words[0] switch
        {
            "TCP4" => ProxyFamily.IPv4,
            "TCP6" => ProxyFamily.IPv6,
            _ => throw ProxyFields.Malformed(Start.Length, "the protocol is none of TCP4, TCP6 and UNKNOWN"),
        };
        if (words.Length != 5) throw ProxyFields.Malformed(Start.Length, $"{words[0]} is followed by two addresses and two ports, with one space before each, and nothing else");
        return new ProxyFields(
            1,
            family,
            new IPEndPoint(AddressAt(words, 1, family), PortAt(words, 3)),
            new IPEndPoint(AddressAt(words, 2, family), PortAt(words, 4)));
    }

    private static IPAddress AddressAt(string[] words, int index, ProxyFamily family) =>
        (family == ProxyFamily.IPv4 ? IPv4(words[index]) : IPv6(words[index])) ?? throw ProxyFields.Malformed(PositionOf(words, index), $"this is no {family} address");

    /// <summary>Four numbers. <see cref="IPAddress"/> would also take one, two or three, and octal ones.</summary>
    private static IPAddress? IPv4(string text)
    {
        string[] parts = text.Split('.');
        if (parts.Length != 4) return null;
        byte[] bytes = new byte[4];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (NumberOf(parts[i], LongestOctet, byte.MaxValue) is not { } number) return null;
            bytes[i] = (byte)number;
        }

        return new IPAddress(bytes);
    }

    /// <summary><see cref="IPAddress"/> would also take scopes, brackets and prefix lengths.</summary>
    private static IPAddress? IPv6(string text)
    {
        foreach (char c in text)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F') or ':' or '.')) return null;
        }

        return IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? address : null;
    }

    private static int PortAt(string[] words, int index) =>
        NumberOf(words[index], LongestPort, ushort.MaxValue) ?? throw ProxyFields.Malformed(PositionOf(words, index), "a port is a number up to 65535 with no zeros in front");

    /// <summary>Digits alone. <see cref="int.TryParse(string, out int)"/> would also take zero bytes after them, in every style.</summary>
    private static int? NumberOf(string text, int longest, int largest)
    {
        if (text.Length == 0 || text.Length > longest || (text.Length > 1 && text[0] == '0')) return null;
        int number = 0;
        foreach (char c in text)
        {
            if (c is not (>= '0' and <= '9')) return null;
            number = (number * 10) + (c - '0');
        }

        return number <= largest ? number : null;
    }

    private static int PositionOf(string[] words, int index) => Start.Length + words.Take(index).Sum(word => word.Length + 1);
}
