using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>How many segments with data a TCP socket has sent: on loopback, without Nagle's delay, that is how many sends there were.</summary>
internal static class SegmentsSent
{
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const int DataSegmentsOut = 156;

    public static int By(Socket socket)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Segments are counted on Linux only.");
        byte[] info = new byte[256];
        int length = socket.GetRawSocketOption(Tcp, TcpInfo, info);
        Assert.SkipUnless(length >= DataSegmentsOut + sizeof(int), "This kernel does not count segments.");
        return BitConverter.ToInt32(info, DataSegmentsOut);
    }
}
