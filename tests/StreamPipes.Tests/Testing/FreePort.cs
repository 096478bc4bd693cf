using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Testing;

/// <summary>Ports of the loopback address for servers that cannot choose one themselves.</summary>
internal static class FreePort
{
    /// <summary>A port that is free now. Until it is used another program may take it.</summary>
    public static int Find()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
