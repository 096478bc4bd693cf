using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Listening;

/// <summary>Who connects to a listener.</summary>
internal static class Clients
{
    public static IPEndPoint Loopback { get; } = new(IPAddress.Loopback, 0);

    public static string NewUnixPath() => Path.Combine(Path.GetTempPath(), $"streampipes-{Guid.NewGuid():N}.sock");

    public static Task<PipeConnection> ConnectAsync(PipeListener listener) => SocketConnection.ConnectAsync(listener.LocalEndPoint).Guarded();

    /// <summary>One that says nothing.</summary>
    public static async Task<Socket> ConnectSilentlyAsync(PipeListener listener)
    {
        Socket socket = new(listener.LocalEndPoint.AddressFamily, SocketType.Stream, listener.LocalEndPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(listener.LocalEndPoint).Guarded();
        return socket;
    }

    /// <summary>Whether the server has ended the connection: by an end or by a reset.</summary>
    public static async Task ShouldBeClosedAsync(Socket socket)
    {
        Exception? thrown = await Thrown.ByAsync(async () => (await socket.ReceiveAsync(new byte[1]).Guarded()).Should().Be(0));
        if (thrown is not null) Assert.IsType<SocketException>(thrown);
    }

    /// <summary>Whether the server has cut the connection off.</summary>
    public static async Task ShouldBeResetAsync(PipeConnection client) =>
        (await Thrown.SocketErrorByAsync(() => client.Input.TakeAllAsync().Guarded())).Should().Be(SocketError.ConnectionReset);

    /// <summary>What a handler does that sends back what it gets.</summary>
    public static Task EchoAsync(PipeConnection connection, CancellationToken stopping) => connection.Input.CopyToAsync(connection.Output, stopping);

    public static async Task ShouldEchoAsync(PipeConnection client)
    {
        await client.Output.WriteTextAsync("hello");
        (await client.Input.ReadTextAsync(5)).Should().Be("hello");
    }
}
