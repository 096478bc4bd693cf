using System.Globalization;

namespace StreamPipes.Tests.Sockets;

/// <summary>The system's own table of TCP connections over IPv4.</summary>
internal static class TcpStates
{
    private const string Table = "/proc/net/tcp";

    /// <summary>The state of every connection with this local port and that remote port; 6 is TIME_WAIT.</summary>
    public static IReadOnlyList<int> Between(int localPort, int remotePort)
    {
        Assert.SkipUnless(File.Exists(Table), "The states of connections can be read on Linux only.");
        return
        [
            .. File.ReadLines(Table)
                .Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => PortOf(fields[1]) == localPort && PortOf(fields[2]) == remotePort)
                .Select(fields => Hex(fields[3])),
        ];
    }

    private static int PortOf(string address) => Hex(address[(address.IndexOf(':', StringComparison.Ordinal) + 1)..]);

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
