using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace StreamPipes.Transports;

/// <summary>
/// Asks the kernel what a stream does not tell: whether the peer's kernel has everything that was sent, so that nothing which comes now can take it away, and
/// whether what looks like the end was one.
/// </summary>
internal static class DeliveryProbe
{
#if NET
    // Linux: IPPROTO_TCP, TCP_INFO, and two counters of struct tcp_info (linux/tcp.h).
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int UnacknowledgedOffset = 24;
    private const int NotSentOffset = 144;
    private const int LeastLength = NotSentOffset + sizeof(uint);

    /// <summary>TCP_CLOSE: after an end in order the socket waits for our own half-close (TCP_CLOSE_WAIT) instead.</summary>
    private const byte ClosedState = 7;

    /// <returns>False also where the kernel does not tell.</returns>
    public static bool IsEverythingDelivered(Socket socket)
    {
        // What a Unix-domain socket has taken is with the peer already.
        if (socket.AddressFamily == AddressFamily.Unix) return true;
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            Span<byte> info = stackalloc byte[LeastLength];
            int length = socket.GetRawSocketOption(TcpLevel, TcpInfo, info);
            return length >= LeastLength && MemoryMarshal.Read<uint>(info[UnacknowledgedOffset..]) == 0 && MemoryMarshal.Read<uint>(info[NotSentOffset..]) == 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // No TCP, or gone: then there is nothing to learn.
            return false;
        }
    }

    /// <summary>Whether the connection is gone as after a reset or a dead link. Only before our own half-close, and only where the kernel tells.</summary>
    public static bool IsGone(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix) return false;
        try
        {
            Span<byte> info = stackalloc byte[1];
            return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) == 1 && info[0] == ClosedState;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
#else
    public static bool IsEverythingDelivered(Socket socket) => socket.AddressFamily == AddressFamily.Unix;

    public static bool IsGone(Socket socket)
    {
        _ = socket;
        return false;
    }
#endif
}
