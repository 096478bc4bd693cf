using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamPipes.ProxyProtocol;

/// <summary>A path of a Unix-domain socket in a header: 108 bytes, with zeros behind it.</summary>
internal static class UnixAddress
{
    public const int Length = 108;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool Is(EndPoint endPoint) => endPoint is UnixDomainSocketEndPoint;

    /// <returns><see langword="null"/> for a socket with no name, and for one that this system has no end point for.</returns>
    public static EndPoint? Read(ReadOnlySpan<byte> bytes)
    {
        // A name that begins with a zero is one of Linux's abstract ones.
        ReadOnlySpan<byte> path = bytes.TrimEnd((byte)0);
        if (path.IsEmpty) return null;
        if (path[0] != 0 && path.IndexOf((byte)0) is >= 0 and int end) path = path[..end];
        try
        {
            return new UnixDomainSocketEndPoint(Strict.GetString(path));
        }
        catch (Exception e) when (e is ArgumentException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    public static void Write(MemoryStream body, EndPoint? endPoint)
    {
        byte[] bytes = new byte[Length];
        if (endPoint is not null)
        {
            // Behind the family, which takes two bytes. The text of an end point says @ for the zero of an abstract name, and for an @.
            SocketAddress address = endPoint.Serialize();
            for (int i = 2; i < address.Size && i - 2 < Length; i++) bytes[i - 2] = address[i];
        }

        body.Write(bytes);
    }
}
