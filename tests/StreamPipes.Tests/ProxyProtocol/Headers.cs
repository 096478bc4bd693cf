using System.Net;
using System.Text;

namespace StreamPipes.Tests.ProxyProtocol;

/// <summary>Headers as they stand in the specification, byte for byte.</summary>
internal static class Headers
{
    public static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.1"), 56324);
    public static readonly IPEndPoint Server = new(IPAddress.Parse("198.51.100.7"), 443);
    public static readonly IPEndPoint Client6 = new(IPAddress.Parse("2001:db8::1"), 4124);
    public static readonly IPEndPoint Server6 = new(IPAddress.Parse("2001:db8::2"), 65535);

    public static byte[] Text => Line("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n");

    public static byte[] Text6 => Line("PROXY TCP6 2001:db8::1 2001:db8::2 4124 65535\r\n");

    public static byte[] Binary => Of(0x21, 0x11, Addresses);

    /// <summary>Of IPv4: the client, the server, their ports.</summary>
    public static byte[] Addresses => [192, 0, 2, 1, 198, 51, 100, 7, 0xDC, 0x04, 0x01, 0xBB];

    private static byte[] Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    public static byte[] Line(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>A header of version 2.</summary>
    public static byte[] Of(byte command, byte family, byte[] body) => [.. Signature, command, family, (byte)(body.Length >> 8), (byte)body.Length, .. body];

    public static byte[] Tlv(byte type, byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>The name, and zeros up to 108 bytes.</summary>
    public static byte[] Path(string path)
    {
        byte[] bytes = new byte[108];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }
}
