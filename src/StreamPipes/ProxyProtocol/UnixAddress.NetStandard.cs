using System.Net;

namespace StreamPipes.ProxyProtocol;

/// <summary>.NET Standard has no end point for a path: a header's is skipped.</summary>
internal static class UnixAddress
{
    public const int Length = 108;

    public static bool Is(EndPoint endPoint)
    {
        _ = endPoint;
        return false;
    }

    public static EndPoint? Read(ReadOnlySpan<byte> bytes)
    {
        _ = bytes;
        return null;
    }

    public static void Write(MemoryStream body, EndPoint? endPoint)
    {
        _ = endPoint;
        body.Write(new byte[Length], 0, Length);
    }
}
