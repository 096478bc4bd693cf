using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>Which sockets are taken, and what is said about the others.</summary>
public sealed class SocketCreateTests
{
    [Fact]
    public void A_missing_socket_is_refused() =>
        Assert.Throws<ArgumentNullException>(() => SocketConnection.Create(null!)).ParamName.Should().Be("socket");

    [Fact]
    public void A_socket_that_is_not_connected_is_refused_and_stays_usable()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => SocketConnection.Create(socket));

        thrown.ParamName.Should().Be("socket");
        thrown.Message.Should().Contain("ConnectAsync");
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.IsBound.Should().BeTrue();
    }

    [Fact]
    public void A_listening_socket_is_refused()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();

        Assert.Throws<ArgumentException>(() => SocketConnection.Create(socket)).ParamName.Should().Be("socket");
    }

    [Fact]
    public void A_socket_of_datagrams_is_refused()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, 9));

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => SocketConnection.Create(socket));

        thrown.ParamName.Should().Be("socket");
        thrown.Message.Should().Contain("Dgram");
    }

    [Fact]
    public async Task A_disposed_socket_is_refused_as_disposed()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        client.Dispose();
        server.Dispose();

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => SocketConnection.Create(client));

        thrown.ParamName.Should().Be("socket");
        thrown.Message.Should().Contain("disposed").And.NotContain("not connected");
    }

    [Fact]
    public async Task The_options_of_the_socket_stay_as_they_are()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        client.NoDelay = false;
        client.LingerState = new LingerOption(enable: false, seconds: 3);
        await using PipeConnection near = SocketConnection.Create(client);
        await using PipeConnection far = SocketConnection.Create(server);

        await PipeExtensions.ShouldTalkAsync(near, far);

        client.NoDelay.Should().BeFalse();
        client.LingerState!.Enabled.Should().BeFalse();
        near.Abort();
        far.Abort();
    }
}
